"""Places on two grids: WGS-84, which devices and Open311 speak, and GCJ-02, which maps in China are drawn on."""

import math
from decimal import Decimal

Point = tuple[Decimal, Decimal]  # longitude, latitude in degrees
AXIS, ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943  # metres, squared: Krasovsky 1940
CHINA = ((72.004, 137.8347), (0.8293, 55.8271))
PLACES = Decimal("0.000001")  # about a tenth of a metre


def to_gcj02(point: Point) -> Point:
    """Return where a point of WGS-84 lies on a Chinese map; outside China the grids are one."""
    longitude, latitude = float(point[0]), float(point[1])
    east, north = _offset(longitude, latitude)
    return _point(longitude + east, latitude + north)


def to_wgs84(point: Point) -> Point:
    """Return where a point of a Chinese map lies on WGS-84, to within a tenth of a metre."""
    longitude, latitude = float(point[0]), float(point[1])
    guess_east, guess_north = longitude, latitude
    for _round in range(4):
        east, north = _offset(guess_east, guess_north)
        guess_east, guess_north = longitude - east, latitude - north
    return _point(guess_east, guess_north)


def _point(longitude: float, latitude: float) -> Point:
    return Decimal(longitude).quantize(PLACES), Decimal(latitude).quantize(PLACES)


def _offset(longitude: float, latitude: float) -> tuple[float, float]:
    """Return by how many degrees the Chinese grid lies to the east and to the north of this point."""
    (west, east_end), (south, north_end) = CHINA
    if not (west <= longitude <= east_end and south <= latitude <= north_end):
        return 0.0, 0.0
    x, y = longitude - 105.0, latitude - 35.0
    radians = math.radians(latitude)
    bend = 1 - ECCENTRICITY * math.sin(radians) ** 2
    north = math.degrees(_northing(x, y) / (AXIS * (1 - ECCENTRICITY) / (bend * math.sqrt(bend))))
    east = math.degrees(_easting(x, y) / (AXIS / math.sqrt(bend) * math.cos(radians)))
    return east, north


def _northing(x: float, y: float) -> float:
    metres = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    metres += (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    metres += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    return metres + (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3


def _easting(x: float, y: float) -> float:
    metres = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    metres += (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    metres += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    return metres + (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
