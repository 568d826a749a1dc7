"""Words fit to be spoken, whatever the model writes: numbers in words, no marks (protocol.md §4).

    Speakable ── stream      what may go out by now and what must wait
        ├─ controls          what no one sees or says, dropped as it comes
        ├─ cuts              where plain words end and what must be read begins
        ├─ graphemes         the last letter, which a mark may join
        ├─ guess             which language the answer is in, by its own words
        ├─ marks             Markdown, HTML, LaTeX and emoji, taken out
        └─ readings          all that is written otherwise than it is said, in order:
             ├─ addresses    e-mail and web addresses
             ├─ shortened    abbreviations, and Roman numerals of kings and centuries
             ├─ calendar     dates and times
             ├─ amounts      money, units, per cent, phone numbers, ordinals, numbers
             │    └─ fractions  and of what they count
             └─ symbols      operators and signs
                  numerals   numbers as words; all of these use it

Pure; nothing here knows a turn or a robot. Why it is as it is: docs/decisions/0013-spoken-text.md.
"""

from robi.speech.spoken.guess import as_language, language_of
from robi.speech.spoken.numerals import prepare
from robi.speech.spoken.stream import Speakable

__all__ = ["Speakable", "as_language", "language_of", "prepare"]
