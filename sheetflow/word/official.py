"""The layout of official papers, GB/T 9704-2012, as data.

Numbers in brackets are clauses of the standard. Lengths are twips (1/20 pt; 1 mm is
56.693), letter sizes half-points, as the file format has them. ``blocks`` builds
templates of it; ``finish`` restores by it what editors lose.
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetflow.word.faces import FANG, HEI, KAI, LATIN, SONG, TITLE, Face

# ------------------------------------------------------------------ page

#: A4, 210 × 297 mm (5.1).
PAPER = (11906, 16838)
#: Head 37 mm and binding edge 28 mm (5.2.1); the text area is 156 × 225 mm.
TOP, LEFT, BOTTOM, RIGHT = 2098, 1587, 1984, 1474
TEXT_WIDTH = PAPER[0] - LEFT - RIGHT
#: One line: 22 of 28 characters fill the text area (5.2.3), and 22 × 28.95 pt is the most that
#: fits in 225 mm.
LINE = 579
#: No. 3 letters, 16 pt (5.2.2).
BODY_SIZE = 32
CHARACTER = 320
#: 28 letters of 16 pt are wider than 156 mm, 28 of 15.75 pt are not (5.2.3).
TIGHTER = -5
PITCH = CHARACTER + TIGHTER
#: The page number's dash lies 7 mm below the text area (7.5).
FOOTER, HEADER = 1447, 851
#: No. 4 letters, 14 pt: page numbers (7.5), drafts.
SMALL_SIZE = 28
SMALL_CHARACTER = 280
#: No. 2 letters, 22 pt, on 33 pt lines: titles (7.3.1).
TITLE_SIZE = 44
TITLE_LINE = 660
#: 12 pt letters on 18 pt lines in rows of 8 mm: tables (custom, not in the standard).
TABLE_SIZE = 24
TABLE_LINE = 360
ROW = 454

#: Red of the letterhead, and its rule in 1/8 pt: 1.5 pt (7.2.7 leaves the thickness open).
RED_INK, BLACK_INK = "FF0000", "000000"
HEAD_RULE = 12
#: Name of the issuer: at most 62 pt, half-points here, and on one line (7.2.4).
MARK_SIZE = 124
#: Its top edge lies 35 mm below the text area's top (7.2.4).
MARK_TOP = 1984
#: Its line in tenths of the letters' size, and the air above the letters within it, in 1/1000.
MARK_LEADING, MARK_AIR = 13, 246
#: Names of people in a list of nothing but names: 16 pt on whole lines.
NAME_COLUMNS = 4
#: Smaller letters, 9 pt on 12 pt lines, for tables with more columns than fit.
SMALLER_SIZE, SMALLER_LINE = 18, 240
#: Least width of a column of points at full size and with smaller letters.
POINTS_LEAST, POINTS_SMALLEST = 700, 520

# ------------------------------------------------------------------ paragraph styles


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How paragraphs of one name look; templates and papers know them by that name."""

    id: str
    name: str
    face: Face = FANG
    latin: Face = LATIN
    size: int = BODY_SIZE
    align: str = "both"
    before: int = 0
    after: int = 0
    line: int = LINE
    #: First line indented by so many whole characters.
    first: int = 0
    left: int = 0
    right: int = 0
    hanging: int = 0
    keep: bool = False
    new_page: bool = False
    outline: int | None = None
    tighten: int = 0
    colour: str = ""
    #: A rule below the paragraph, in 1/8 pt, of the paragraph's colour.
    rule: int = 0
    #: A tab stop at which text ends, twips from the left edge of the text.
    tab: int = 0


#: Where names of attachments start: two characters in, behind 「附件：」 and 「1.」 (7.3.4).
_NUMBER = 235
_NAMES = 5 * PITCH + _NUMBER

BODY = Style(id="OfficialBody", name="公文正文", first=2, tighten=TIGHTER)  # 7.3.3
SIGNATURE = Style(  # 7.3.5.2: a line below the text, two characters from the right
    id="OfficialSignature",
    name="公文署名",
    align="right",
    before=LINE,
    right=2 * CHARACTER,
    keep=True,
)
DATE = Style(id="OfficialDate", name="公文成文日期", align="right", right=2 * CHARACTER)  # 7.3.5.4
CELL = Style(
    id="OfficialCell", name="公文表格文字", size=TABLE_SIZE, line=TABLE_LINE, align="center"
)
CELL_LEFT = Style(
    id="OfficialCellLeft", name="公文表格左齐", size=TABLE_SIZE, line=TABLE_LINE, align="left"
)
CELL_NAME = Style(
    id="OfficialCellName", name="公文表格姓名", size=TABLE_SIZE, line=TABLE_LINE, align="center"
)
CELL_POINTS = Style(  # columns of points share what the other columns leave
    id="OfficialCellPoints", name="公文表格分数", size=TABLE_SIZE, line=TABLE_LINE, align="center"
)
NAMES_ALONE = Style(id="OfficialNamesAlone", name="公文名单", align="center", line=LINE)
MARKS = tuple(
    Style(  # 7.2.4; size and place follow from the length of the name, see ``finish``
        id=f"OfficialMark{kind}",
        name=f"公文发文机关标志{kind_name}",
        face=TITLE,
        size=MARK_SIZE,
        align="center",
        before=MARK_TOP,
        line=MARK_SIZE * MARK_LEADING,
        keep=True,
        colour=ink,
    )
    for kind, kind_name, ink in (("Red", "", RED_INK), ("Black", "（黑）", BLACK_INK))
)
HEAD_RULES = tuple(
    Style(  # 7.2.7: 4 mm below the number, as wide as the text
        id=f"OfficialHeadRule{kind}",
        name=f"公文版头分隔线{kind_name}",
        before=150,
        line=20,
        keep=True,
        colour=ink,
        rule=HEAD_RULE,
    )
    for kind, kind_name, ink in (("Red", "", RED_INK), ("Black", "（黑）", BLACK_INK))
)
DOCUMENT_NUMBER = Style(  # 7.2.5: two lines below the mark, centred
    id="OfficialNumber", name="公文发文字号", align="center", before=2 * LINE, keep=True
)
SIGNED = Style(  # 7.2.6: the number one character from the left, who signs one from the right
    id="OfficialSigned",
    name="公文发文字号签发人",
    align="left",
    before=2 * LINE,
    left=CHARACTER,
    tab=TEXT_WIDTH - CHARACTER,
    keep=True,
)
ISSUER = Style(id="OfficialIssuer", name="公文签发人姓名", face=KAI)
CELL_HEAD = Style(
    id="OfficialCellHead",
    name="公文表头",
    face=HEI,
    size=TABLE_SIZE,
    line=TABLE_LINE,
    align="center",
)
SHEET_TITLE = Style(  # of sheets that are filled in and signed, not issued
    id="OfficialSheetTitle",
    name="公文附表标题",
    face=TITLE,
    size=TITLE_SIZE,
    align="center",
    after=LINE // 2,
    line=TITLE_LINE,
    keep=True,
)
SIGNING = Style(  # a line to sign on
    id="OfficialSigning", name="公文签字栏", align="left", line=LINE
)
TABLE_TITLE = Style(
    id="OfficialTableTitle",
    name="公文表格标题",
    face=HEI,
    align="center",
    keep=True,
)
OPENING = Style(  # the first text below a title without an addressee
    id="OfficialOpening", name="公文首段", first=2, before=LINE, tighten=TIGHTER
)
SLIP_TITLE = Style(
    id="OfficialSlipTitle",
    name="公文回执标题",
    face=HEI,
    align="center",
    keep=True,
)
SIGNING_GAP = Style(id="OfficialSigningGap", name="公文签字间隔", keep=True)
SLIP = Style(  # where a receipt is cut off
    id="OfficialSlip",
    name="公文回执线",
    face=KAI,
    size=SMALL_SIZE,
    align="center",
    before=LINE,
    keep=True,
)
GAP = Style(id="OfficialGap", name="公文表格间隔", size=TABLE_SIZE, line=LINE // 3)
PAGE_NUMBER = Style(  # 7.5: No. 4 letters of 宋体, digits too
    id="OfficialPageNumber",
    name="公文页码",
    face=SONG,
    latin=SONG,
    size=SMALL_SIZE,
    line=SMALL_CHARACTER,
)
IMPRINT = Style(  # 7.4.2, 7.4.3: No. 4 letters
    id="OfficialImprint", name="公文版记", size=SMALL_SIZE, line=500, align="left"
)
#: Rules of the imprint in 1/8 pt: 0.35 mm around it, 0.25 mm within (7.4.1).
IMPRINT_RULE, IMPRINT_INNER = 8, 6
#: Characters of a line that edges and 「抄送：」 take; twips that rules take.
IMPRINT_TAKEN, IMPRINT_AIR = 5, 40
DRAFT = Style(
    id="OfficialDraft", name="公文草稿", face=HEI, size=SMALL_SIZE, line=400, align="left"
)

STYLES = (
    Style(  # 7.3.1; two lines of air above, as below a letterhead's red line
        id="OfficialTitle",
        name="公文标题",
        face=TITLE,
        size=TITLE_SIZE,
        align="center",
        before=2 * LINE,
        line=TITLE_LINE,
        keep=True,
    ),
    Style(  # 7.3.2: a line below the title, flush left
        id="OfficialTo", name="公文主送机关", align="left", before=LINE, tighten=TIGHTER
    ),
    BODY,
    Style(  # 7.3.3: first level 黑体
        id="OfficialHeading1",
        name="公文一级标题",
        face=HEI,
        first=2,
        keep=True,
        outline=0,
        tighten=TIGHTER,
    ),
    Style(  # 7.3.3: second level 楷体
        id="OfficialHeading2",
        name="公文二级标题",
        face=KAI,
        first=2,
        keep=True,
        outline=1,
        tighten=TIGHTER,
    ),
    Style(  # 7.3.5.5: the signature never stands on a page without text
        id="OfficialClosing", name="公文结语", first=2, keep=True, tighten=TIGHTER
    ),
    Style(  # 7.3.4: a line below the text, two characters in
        id="OfficialAttachments",
        name="公文附件说明",
        align="left",
        before=LINE,
        left=_NAMES,
        hanging=3 * PITCH + _NUMBER,
        keep=True,
        tighten=TIGHTER,
    ),
    Style(  # 7.3.4: further names stand below the first
        id="OfficialAttachmentsMore",
        name="公文附件说明续",
        align="left",
        left=_NAMES,
        hanging=_NUMBER,
        keep=True,
        tighten=TIGHTER,
    ),
    *MARKS,
    *HEAD_RULES,
    DOCUMENT_NUMBER,
    SIGNED,
    SIGNATURE,
    DATE,
    Style(  # 7.3.6: below the date, two characters in, in brackets
        id="OfficialRemark", name="公文附注", first=2, tighten=TIGHTER
    ),
    Style(  # 7.3.7: a new page, 黑体, flush left on its first line
        id="OfficialAttachmentNumber",
        name="公文附件序号",
        face=HEI,
        latin=HEI,
        align="left",
        keep=True,
        new_page=True,
    ),
    Style(  # 7.3.7: on the third line
        id="OfficialAttachmentTitle",
        name="公文附件标题",
        face=TITLE,
        size=TITLE_SIZE,
        align="center",
        before=LINE,
        after=LINE // 2,
        line=TITLE_LINE,
        keep=True,
    ),
    Style(
        id="OfficialTableNote",
        name="公文表注",
        face=KAI,
        size=SMALL_SIZE,
        align="center",
        after=LINE // 4,
        line=TABLE_LINE,
        keep=True,
    ),
    GAP,
    CELL,
    CELL_LEFT,
    CELL_NAME,
    CELL_POINTS,
    NAMES_ALONE,
    CELL_HEAD,
    SHEET_TITLE,
    SIGNING,
    SIGNING_GAP,
    TABLE_TITLE,
    OPENING,
    SLIP,
    SLIP_TITLE,
    PAGE_NUMBER,
    IMPRINT,
    DRAFT,
)

#: Named style of tables: thin black rules.
TABLE = "公文表格"
TABLE_ID = "OfficialTable"
#: Thickness in 1/8 pt: half a point.
TABLE_RULE = 4
TABLE_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
#: Air left and right of the text in a cell: 1 mm.
TABLE_AIR = 57


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: its width in twips and the style of its cells."""

    width: int
    style: Style = CELL
    #: Style of a cell that begins here and is wider than the column.
    wide: Style = CELL_LEFT


def indents(style: Style) -> dict[str, int]:
    """Return the indents of a style; whole characters are given both ways.

    Word takes the characters, other programs the twips.
    """
    named = {"left": style.left, "right": style.right, "hanging": style.hanging}
    found = {key: value for key, value in named.items() if value}
    if style.first:
        found |= {"firstLineChars": 100 * style.first, "firstLine": style.first * PITCH}
    return found
