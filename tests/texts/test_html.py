"""Pages: what a reader of one would read, and where a browser would jump to."""

import pytest

from robi.texts.base import TextUnreadable
from robi.texts.document import Section
from robi.texts.html import read


def sections(page: str) -> tuple[Section, ...]:
    return read(page.encode()).sections


def words(page: str) -> list[str]:
    return [block.words for section in sections(page) for block in section.blocks]


def test_main_part_is_read_and_its_frame_is_not() -> None:
    page = """<!doctype html><html><head><title>Sitio | Rocas</title><style>p{}</style></head><body>
    <header><h1>Sitio</h1></header><nav><a href=/>Inicio</a></nav>
    <main><article><header><h1>Rocas</h1></header><p>Son duras.</p><footer>Editar</footer></article>
    <script>no()</script></main><aside>Anuncio</aside><footer>Aviso</footer></body></html>"""
    document = read(page.encode())
    assert (document.title, words(page)) == ("Rocas", ["Son duras."])
    assert document.sections[0].heading == ("Rocas",)


def test_only_article_is_read_where_there_is_no_main() -> None:
    assert words("<body><p>no</p><article><p>sí</p></article></body>") == ["sí"]
    assert words("<article><p>uno</p></article><article><p>dos</p></article>") == ["uno", "dos"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>x</p>",
        "<p style='color:red; display : none'>x</p>",
        "<p style='visibility:hidden'>x</p>",
        "<span aria-hidden=true>x</span>",
        "<div role=navigation>x</div>",
        "<div class='a sr-only'>x</div>",
        "<template><p>x</p></template>",
        "<noscript>x</noscript>",
        "<svg><text>x</text></svg>",
        "<button>x</button>",
        "<select><option>x</select>",
        "<textarea>x</textarea>",
        "<!-- x -->",
        "<iframe>x</iframe>",
    ],
)
def test_what_is_not_seen_is_not_read(hidden: str) -> None:
    assert words(f"<main>antes {hidden} después</main>") in (
        ["antes después"],
        ["antes", "después"],
    )
    assert words(f"<ul><li>antes {hidden} después</li></ul>") == ["- antes después"]


@pytest.mark.parametrize(
    "heading",
    [
        "<h2 id=a>Duras</h2>",
        "<h2><a name=a></a>Duras</h2>",
        "<h2><span id='a'>Duras</span></h2>",
        "<section id=a><h2>Duras</h2></section>",
        "<a id=a></a><h2>Duras</h2>",
        "<h2 id=a>Duras<a class=hash-link href='#a' title='Direct link'>\u200b</a></h2>",
        "<h2 id=a>Duras<a href='#a'>¶</a></h2>",
        "<div><div id=a><h2>  Du<b>ras</b> </h2></div></div>",
    ],
)
def test_heading_has_the_id_that_a_browser_jumps_to(heading: str) -> None:
    (section,) = sections(f"<main>{heading}<p>Son.</p></main>")
    assert (section.heading, section.anchor) == (("Duras",), "a")


def test_id_of_what_is_long_past_is_not_of_a_heading() -> None:
    found = sections("<div id=a><p>Antes.</p><h2>Duras</h2></div>")
    assert [section.anchor for section in found] == ["", ""]


def test_running_words_are_one_paragraph_and_blocks_are_apart() -> None:
    page = "<div>Un <b>gran</b>\n<a href=x>río</a>.<p>Otro&nbsp;&amp; más<br>aquí</p>fin</div>"
    assert words(page) == ["Un gran río.", "Otro & más\naquí", "fin"]


def test_lists_tables_and_code_keep_their_lines() -> None:
    page = """<ol start=3><li>tres<li><p>cuatro</p><ul><li>dentro</li></ul></ol>
    <table><caption>Datos</caption><tr><th>a<th>b</tr><tr><td>1</td><td>2 <i>m</i></td></tr></table>
    <pre><code>def f():
    return 1
</code></pre><dl><dt>roca<dd>dura</dl>"""
    assert words(page) == [
        "3. tres\n4. cuatro\n  - dentro",
        "Datos\na | b\n1 | 2 m",
        "def f():\n    return 1",
        "roca\n  dura",
    ]


def test_table_that_lays_a_page_out_has_headings() -> None:
    (section,) = sections("<table><tr><td><h2>Rocas</h2><p>Duras.</p></td></tr></table>")
    assert section.heading == ("Rocas",)


def test_xhtml_is_read_as_xml_with_the_entities_of_html() -> None:
    page = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "x">'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script/></head>'
        "<body><p>&ntilde;and&uacute; &amp; co</p></body></html>"
    )
    assert words(page) == ["ñandú & co"]


def test_page_that_only_says_that_it_is_xhtml_is_read_all_the_same() -> None:
    assert words('<?xml version="1.0"?><html><body><p>a<p>b<br></body>') == ["a", "b"]


@pytest.mark.parametrize(
    "entity", ['"boom"', 'SYSTEM "file:///etc/hostname"', 'SYSTEM "http://127.0.0.1:9/x"']
)
def test_entities_of_the_page_are_not_expanded(entity: str) -> None:
    kind = f"<!DOCTYPE html [<!ENTITY a {entity}>]>"
    page = f'<?xml version="1.0"?>{kind}<html><p>&a; hola</p></html>'
    assert [block.removeprefix("&a; ") for block in words(page)] == ["hola"]


@pytest.mark.parametrize("page", ["", "   ", "<!-- a -->"])
def test_page_of_nothing_is_refused(page: str) -> None:
    with pytest.raises(TextUnreadable, match="nothing on this page"):
        read(page.encode())


@pytest.mark.parametrize("tag", ["div", "span", "ul", "li", "table", "pre", "b", "section"])
def test_page_however_deep_is_read_without_recursion(tag: str) -> None:
    page = f"<p>antes</p>{f'<{tag}>a' * 3_000}"
    assert words(page)[0] == "antes"
