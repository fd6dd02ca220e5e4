"""What the sender is told when a file cannot be read: one sentence and one way out a kind."""

from __future__ import annotations

from sheetflow.errors import UnreadableError
from sheetflow.messages import _


def refuse(kind: str, place: str = "") -> UnreadableError:
    """Make the error for a kind of refusal.

    ``kind`` is a key of the tables below; ``place`` names the sheet or part that is at
    fault and is put before the sentence.
    """
    words = {**_other_tables(), **_no_tables(), **_packed(), **_broken(), **_too_much()}
    message, fix = words[kind]
    if place:
        message = _("{place}：{message}").format(place=place, message=message)
    return UnreadableError(kind, message, fix)


def _other_tables() -> dict[str, tuple[str, str]]:
    return {
        "xls": (
            _("这是旧版的 .xls 表格，在这台电脑上读不了。"),
            _("请在 WPS 或 Excel 中打开它，另存为 .xlsx 后重新交回。"),
        ),
        "xlsb": (
            _("这是二进制的 .xlsb 表格，读取时会丢内容，所以不读。"),
            _("请在 Excel 中打开它，另存为「Excel 工作簿（.xlsx）」后重新交回。"),
        ),
        "ods": (
            _("这是 .ods 表格，读不出空格、错误值和没有结果的公式的区别，所以不读。"),
            _("请在 WPS、Excel 或 LibreOffice 中打开它，另存为 .xlsx 后重新交回。"),
        ),
        "numbers": (
            _("这是苹果「Numbers 表格」文件，读不了。"),
            _("请在 Numbers 中选「共享 → 导出 → Excel」，把导出的 .xlsx 交回。"),
        ),
        "csv": (
            _("这是 CSV 文本，不是 Excel 表格：编号开头的零、格式和表单码都可能丢了。"),
            _("请在 WPS 或 Excel 中打开原来发的表格填写，保存为 .xlsx 后重新交回。"),
        ),
        "html": (
            _("这是网页，不是 Excel 表格，只是名字像表格。"),
            _("请在 WPS 或 Excel 中打开原来发的表格填写，另存为 .xlsx 后重新交回。"),
        ),
        "xml": (
            _("这是 XML 文件，不是 .xlsx 表格。"),
            _("请在 WPS 或 Excel 中打开它，另存为「Excel 工作簿（.xlsx）」后重新交回。"),
        ),
    }


def _no_tables() -> dict[str, tuple[str, str]]:
    return {
        "pdf": (
            _("这是 PDF 或 OFD，不是表格。"),
            _("请在 WPS 或 Excel 中打开原来的表格文件，另存为 .xlsx 后重新交回。"),
        ),
        "mail": (
            _("这是一封邮件，不是表格；表格多半在它的附件里。"),
            _("请打开邮件，把附件里的 .xlsx 表格另存下来，直接交回。"),
        ),
        "picture": (
            _("这是图片，不是表格，图片里的分数读不出来。"),
            _("请不要截图或拍照；在 WPS 或 Excel 中填写原来发的表格，把 .xlsx 文件交回。"),
        ),
        "docx": (
            _("这是 Word 文档或演示文稿，不是表格。"),
            _("请在 WPS 或 Excel 中填写原来发的 .xlsx 表格，把表格文件交回。"),
        ),
        "text": (
            _("这是纯文字文件，不是表格。"),
            _("请在 WPS 或 Excel 中填写原来发的 .xlsx 表格，把表格文件交回。"),
        ),
        "empty": (
            _("这个文件是空的（0 字节），多半是没有传完。"),
            _("请先确认原来的表格能在 WPS 或 Excel 中打开，再重新发送一次。"),
        ),
        "zeros": (
            _("文件里全是零，没有内容，多半是下载或传送中断了。"),
            _("请先确认原来的表格能在 WPS 或 Excel 中打开，再重新发送一次。"),
        ),
        "link": (
            _("这是快捷方式、链接或设备，不是文件本身。"),
            _("请把表格文件本身复制进来。"),
        ),
        "unknown": (
            _("认不出这是什么文件，它不是 Excel 表格。"),
            _("请在 WPS 或 Excel 中打开原来发的表格，另存为 .xlsx 后重新交回。"),
        ),
    }


def _packed() -> dict[str, tuple[str, str]]:
    return {
        "encrypted": (
            _("表格设了打开密码，读不了。"),
            _("请在 WPS 或 Excel 中打开它，在「文件 → 信息/加密」里取消密码，保存后重新交回。"),
        ),
        "zip": (
            _("这是压缩包，不是表格。"),
            _("请先解压，把里面的 .xlsx 表格直接交回。"),
        ),
        "archive": (
            _("这是 RAR、7z 一类的压缩包，不是表格。"),
            _("请先解压，把里面的 .xlsx 表格直接交回。"),
        ),
        "zip-password": (
            _("压缩内容设了密码，读不了。"),
            _("请不要加密；在 WPS 或 Excel 中把表格另存为 .xlsx 后重新交回。"),
        ),
        "compression": (
            _("文件用了少见的压缩方式，读不了。"),
            _("请在 WPS 或 Excel 中打开它，另存为 .xlsx 后重新交回；压缩包请用普通 zip。"),
        ),
        "doubled-entry": (
            _("文件内部有两份同名的内容，分不清哪一份算数，所以不读。"),
            _("请在 WPS 或 Excel 中打开它，核对后另存为 .xlsx，重新交回。"),
        ),
    }


def _broken() -> dict[str, tuple[str, str]]:
    resend = _("请在 WPS 或 Excel 中打开自己电脑上的原文件，核对后另存为 .xlsx，重新交回。")
    return {
        "truncated": (
            _("文件不完整，后面缺了一段，多半是没有传完。"),
            _("请先确认原来的表格能在 WPS 或 Excel 中打开，再重新发送一次。"),
        ),
        "crash": (_("读这个文件的程序中途退出了，所以没有读。"), resend),
        "damaged": (_("文件损坏，内容读不出来。"), resend),
        "dtd": (_("文件内部有普通表格不会有的声明（DOCTYPE），为安全不读。"), resend),
        "deep": (_("文件内部套了太多层，不是普通表格，所以不读。"), resend),
        "no-sheets": (
            _("文件里没有能读的工作表。"),
            _("请在 WPS 或 Excel 中打开原来发的表格填写，另存为 .xlsx 后重新交回。"),
        ),
    }


def _too_much() -> dict[str, tuple[str, str]]:
    slim = _("请把内容填进原来发的表格（不要粘贴整张大表），另存为 .xlsx 后重新交回。")
    return {
        "size": (
            _("文件超过 20 MB，不是一份普通的表格。"),
            _("请删去表格里的照片和无关的工作表，在 WPS 或 Excel 中另存为 .xlsx 后重新交回。"),
        ),
        "bomb": (_("文件很小，展开后却大得不正常，为安全不读。"), slim),
        "too-many": (_("文件内部超过 1000 个部件，不是一份普通的表格。"), slim),
        "too-big": (_("内容太多，超出一份表格应有的大小。"), slim),
        "repeated": (
            _("同样的编号、表头或标题在表里重复了许多遍，不是原来发的表。"),
            slim,
        ),
        "wordy": (
            _("填写的文字合计超过 5 万字，不是一份普通的表。"),
            _("请把说明写短，长的材料另外交，在 WPS 或 Excel 中另存为 .xlsx 后重新交回。"),
        ),
        "long-text": (
            _("有一处文字超过 32767 个字，超出单元格的限度。"),
            _("请在 WPS 或 Excel 中缩短那一处文字，另存为 .xlsx 后重新交回。"),
        ),
    }
