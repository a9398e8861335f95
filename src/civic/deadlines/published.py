"""The years that the package `chinesecalendar` publishes, each day off or made up with its notice. No Django."""

from datetime import date

from chinese_calendar import constants

from civic.deadlines.calendars import Day, DayKind, Notice

# The pages of the State Council on which the notices stand; a year's later pages change the first.
PAGES = {
    2007: "2008-03/28/content_1761.htm",
    2008: "2008-03/28/content_1645.htm",
    2009: "2008-12/10/content_1572.htm",
    2010: "2009-12/08/content_1476.htm",
    2011: "2010-12/10/content_1423.htm",
    2012: "2011-12/06/content_1411.htm",
    2013: "2012-12/10/content_1353.htm",
    2014: "2014-01/02/content_1194.htm",
    2015: "2014-12/16/content_9302.htm",
    2016: "2015-12/10/content_10394.htm",
    2017: "2016-12/01/content_5141603.htm",
    2018: "2017-11/30/content_5243579.htm",
    2019: "2019-03/22/content_5375877.htm",
    2020: "2020-01/27/content_5472352.htm",
    2021: "2020-11/25/content_5564127.htm",
    2022: "2021-10/25/content_5644835.htm",
    2023: "2022-12/08/content_5730844.htm",
    2024: "202310/content_6911528.htm",
    2025: "202411/content_6986383.htm",
    2026: "202511/content_7047091.htm",
}
FOLDER = "https://www.gov.cn/zhengce/zhengceku/"
YEARS = range(min(constants.holidays).year, max(constants.holidays).year + 1)


def notice(year: int) -> Notice:
    """Return the notice that set the holidays of `year`; its source is empty where the page is not known."""
    page = PAGES.get(year, "")
    return Notice(f"国务院办公厅关于{year}年部分节假日安排的通知", source=FOLDER + page if page else "")


def exceptions() -> dict[date, Day]:
    """Return every day that the notices take out of the regular week, and the weekends they leave free with a name."""
    notices = {year: notice(year) for year in YEARS}
    names = {festival.value: festival.chinese for festival in constants.Holiday}
    off = {on: Day(DayKind.OFF, names[name], notices[on.year]) for on, name in constants.holidays.items()}
    made_up = {
        on: Day(DayKind.WORK, f"{names[name]}调休上班", notices[on.year]) for on, name in constants.workdays.items()
    }
    return {**off, **made_up}
