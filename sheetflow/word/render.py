"""A template and a context become a paper; the template is trusted with nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from sheetflow.errors import FaultsError
from sheetflow.messages import _
from sheetflow.text import clean

#: The last name quoted by the template engine is the tag that failed.
_TAG = re.compile(r"'([^']+)'[^']*$")
#: Words of the file format between those of a template.
_MARKUP = re.compile(r"<[^>]*>")


def escaped(value: object) -> Markup:
    """Write a value so that neither XML nor the template engine sees more than text in it.

    docxtpl rewrites some pairs with braces after rendering; as references they are safe.
    """
    text = str(escape("" if value is None else str(value)))
    return Markup(text.replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704 - escaped above


def render(
    template: bytes,
    context: Mapping[str, object],
    *,
    write: Callable[[object], Markup] = escaped,
) -> bytes:
    """Fill a Word template; values are strings, or mappings and lists of strings.

    The text of a value comes out as it is, whatever it looks like, but for what
    ``text.clean`` removes. ``write`` puts a value into the document. Raises FaultsError for
    a tag without a value and for a template that is no Word file, has a wrong tag or reaches for
    more than its values.
    """
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=write)
    out = io.BytesIO()
    try:
        paper = DocxTemplate(io.BytesIO(template))
        paper.render(_plain(context), environment, autoescape=True)
        paper.save(out)
    except UndefinedError as error:
        raise _missing(error) from error
    except TemplateSyntaxError as error:
        raise _wrong_tag(error) from error
    except SecurityError as error:
        raise FaultsError(
            _("模板里有不允许的内容：标签只能引用数据，不能运行程序。"),
            _("请删去模板里可疑的标签，或换回程序自带的模板。"),
        ) from error
    except Exception as error:  # a template is people's work and can fail in any way
        raise FaultsError(
            _("模板打不开，或不是完好的 Word（.docx）文件。"),
            _("请用 Word 或 WPS 打开模板，另存为 .docx 后再试，或换回程序自带的模板。"),
        ) from error
    return out.getvalue()


def _plain(value: object) -> object:
    """Clean every text in a value; what is Markup stays so."""
    if isinstance(value, Markup):
        return Markup(clean(value))  # noqa: S704 - its writer escapes it
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    return value


def _missing(error: UndefinedError) -> FaultsError:
    """Word a tag that has no value."""
    found = _TAG.search(str(error))
    tag = found[1] if found else str(error)
    return FaultsError(
        _("模板里的标签“{tag}”没有对应的数据。").format(tag=tag),
        _("请在模板里改正或删去这个标签，可用的标签见手册；也可换回程序自带的模板。"),
    )


def _wrong_tag(error: TemplateSyntaxError) -> FaultsError:
    """Word a tag that is not written right, with the lines around it."""
    lines = [_MARKUP.sub("", line).strip() for line in getattr(error, "docx_context", ())]
    return FaultsError(
        _("模板里有写错的标签，在这几行附近：{lines}").format(lines=" ".join(filter(None, lines))),
        _(
            "请核对标签是否成对、花括号是否半角；循环、条件的开始和结束要各占一段，"
            "在表格里各占一行。"
        ),
    )
