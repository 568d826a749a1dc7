// What trees robi/web/widget/chat.js makes of Markdown; elements are made of them in a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fold, markdown, plain, textFragment } from '../../../robi/web/widget/chat.js';

/** Trees as one would write them in HTML; quotes of text are shown as they are. */
function drawn(trees) {
  return trees
    .map((tree) => {
      if (typeof tree === 'string') return tree;
      const { tag, of, href, number } = tree;
      const given = (href ? ` href=${href}` : '') + (number === undefined ? '' : ` ${number}`);
      return of.length ? `<${tag}${given}>${drawn(of)}</${tag}>` : `<${tag}${given}>`;
    })
    .join('');
}

const CASES = {
  words_are_a_paragraph: ['uno\ndos\n\ntres', '<p>uno\ndos</p><p>tres</p>'],
  bold_and_italic_nest: ['**a *b* c** _d_ __e__', '<p><strong>a <em>b</em> c</strong> <em>d</em> <strong>e</strong></p>'],
  three_stars_are_both: ['***a***', '<p><strong><em>a</em></strong></p>'],
  stars_of_arithmetic_are_text: ['2 * 3 * 4 = 24 y 2*', '<p>2 * 3 * 4 = 24 y 2*</p>'],
  underscores_in_names_are_text: ['un_nombre_largo', '<p>un_nombre_largo</p>'],
  struck_out_is_s: ['~~no~~ sí', '<p><s>no</s> sí</p>'],
  code_keeps_its_signs: ['`a*b*[1]` ``x`y``', '<p><code>a*b*[1]</code> <code>x`y</code></p>'],
  escaped_sign_is_itself: ['\\*no\\* \\[1\\]', '<p>*no* [1]</p>'],
  hard_break_is_a_break: ['uno  \ndos', '<p>uno<br>dos</p>'],
  fence_keeps_its_lines: ['```js\n<b>\n\n# x\n```\ny', '<pre><code><b>\n\n# x</code></pre><p>y</p>'],
  fence_that_is_open_is_code_already: ['```\na', '<pre><code>a</code></pre>'],
  heading_is_strong: ['## Las *mareas* ##\nx', '<p><strong>Las <em>mareas</em></strong></p><p>x</p>'],
  hash_without_space_is_text: ['#1 de todos', '<p>#1 de todos</p>'],
  list_of_stars: ['- a\n- b **c**', '<ul><li>a</li><li>b <strong>c</strong></li></ul>'],
  list_follows_a_paragraph: ['Hay:\n- a\n- b', '<p>Hay:</p><ul><li>a</li><li>b</li></ul>'],
  list_nests: ['1. a\n   - b\n   - c\n2. d', '<ol 1><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ol>'],
  list_that_is_loose_is_one: ['- a\n\n- b\n\nfin', '<ul><li>a</li><li>b</li></ul><p>fin</p>'],
  list_begins_where_it_says: ['3. c\n4. d', '<ol 3><li>c</li><li>d</li></ol>'],
  list_item_goes_on: ['- a\nb\n- c', '<ul><li>a\nb</li><li>c</li></ul>'],
  list_of_another_kind_is_another: ['- a\n1. b', '<ul><li>a</li></ul><ol 1><li>b</li></ol>'],
  quote_holds_blocks: ['> a\n>\n> - b', '<blockquote><p>a</p><ul><li>b</li></ul></blockquote>'],
  rule_is_a_rule: ['a\n\n---\n\nb', '<p>a</p><hr><p>b</p>'],
  table_has_head_and_rows: [
    '| a | b |\n|:--|--:|\n| 1 | `x` |\n\nfin',
    '<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><code>x</code></td></tr></table><p>fin</p>',
  ],
  table_escapes_bars: ['a|b\n-|-\nx\\|y|z', '<table><tr><th>a</th><th>b</th></tr><tr><td>x|y</td><td>z</td></tr></table>'],
  citation_is_a_marker: ['Sí [1], no [12].', '<p>Sí <cite 1>, no <cite 12>.</p>'],
  link_shows_its_host: [
    '[aquí](https://a.example/x "t")',
    '<p><a href=https://a.example/x>aquí</a><small> (a.example)</small></p>',
  ],
  link_of_digits_is_no_citation: ['[1](https://a.example/)', '<p><a href=https://a.example/>1</a><small> (a.example)</small></p>'],
  link_with_brackets_is_whole: [
    '[l](https://a.example/L_(x))',
    '<p><a href=https://a.example/L_(x)>l</a><small> (a.example)</small></p>',
  ],
  address_is_a_link: ['ve https://a.example/b. Ya', '<p>ve <a href=https://a.example/b>https://a.example/b</a>. Ya</p>'],
  address_in_angles_is_a_link: ['<https://a.example/>', '<p><a href=https://a.example/>https://a.example/</a></p>'],
  link_that_runs_something_is_its_words: ['[x](javascript:alert(1))', '<p>x</p>'],
  link_in_disguise_is_its_words: ['[x](JaVaScRiPt:alert`1`) [y](data:text/html,z) [z](//a.example)', '<p>x y z</p>'],
  picture_is_its_words: ['![la Luna](http://evil.example/p.png)!', '<p>la Luna!</p>'],
  picture_in_a_link_is_its_words: ['[![p](http://e.example/p)](javascript:1)', '<p>p</p>'],
  html_is_text: ['<img src=x onerror=alert(1)> <b>x</b>', '<p><img src=x onerror=alert(1)> <b>x</b></p>'],
  signs_without_an_end_are_text: ['**a `b [c](d', '<p>**a `b [c](d</p>'],
};

for (const [name, [text, expected]] of Object.entries(CASES)) {
  test(name, () => assert.equal(drawn(markdown(text)), expected));
}

test('html_is_one_piece_of_text', () => {
  assert.deepEqual(markdown('<img src=x onerror=alert(1)>'), [{ tag: 'p', of: ['<img src=x onerror=alert(1)>'] }]);
});

test('nesting_ends', () => {
  const depth = (tree) => (typeof tree === 'string' ? 0 : 1 + Math.max(0, ...tree.of.map(depth)));
  for (const deep of ['> '.repeat(500) + 'x', '- '.repeat(500) + 'x', '*'.repeat(500) + 'x' + '*'.repeat(500)]) {
    assert.ok(Math.max(...markdown(deep).map(depth)) < 40);
  }
});

test('any_beginning_of_an_answer_loses_no_word', () => {
  const text = CASES.list_nests[0] + '\n\n' + CASES.table_has_head_and_rows[0] + '\n\nhola **qué** `tal` [1] ~~x~~';
  for (let end = 0; end <= text.length; end++) {
    const part = text.slice(0, end);
    const letters = part.replace(/(^|\n) *\d\./g, '').replace(/\[1\]/g, '').replace(/\W/g, '');
    assert.equal(plain(markdown(part)).replace(/^ *\d\./gm, '').replace(/\W/g, ''), letters, JSON.stringify(part));
  }
});

test('what_is_read_aloud_has_no_markers_and_ends_its_lines', () => {
  assert.equal(plain(markdown('# T\n- a [1]\n- b\n\nc **d** [2].')), 'T\na \nb\nc d .\n');
});

test('quote_is_folded_to_its_letters', () => {
  assert.equal(fold('«Él  dijo:\n “¿İstanbul—3,5?”»'), 'eldijoistanbul35');
});

test('fragment_of_a_short_quote_is_the_quote', () => {
  assert.equal(textFragment('la mar-océana, sí'), ':~:text=la%20mar%2Doc%C3%A9ana%2C%20s%C3%AD');
});

test('fragment_of_a_long_quote_is_its_ends', () => {
  const quote = 'a b c d e f g h i j k l m';
  assert.equal(textFragment(quote), ':~:text=a%20b%20c%20d%20e,i%20j%20k%20l%20m');
});
