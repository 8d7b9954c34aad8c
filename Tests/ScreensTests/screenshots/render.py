#!/usr/bin/env python3
"""Draws the cells that ScreenshotTests wrote as PNG files.

usage: render.py FOLDER     every FOLDER/*.json becomes a .png beside it, and the .json goes away

Needs Pillow and the DejaVu fonts (Debian: python3-pil fonts-dejavu-core).
"""
import glob
import json
import os
import sys
import unicodedata

from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/truetype/dejavu"
HEIGHT = 15
CELL = (9, 19)


def font(name):
    return ImageFont.truetype(os.path.join(FONTS, name), HEIGHT)


REGULAR = font("DejaVuSansMono.ttf")
BOLD = font("DejaVuSansMono-Bold.ttf")


def block(draw, code, box, ink, ground):
    """Blocks, shades and braille as shapes, so that neighbours touch as they do in a terminal. Says whether it was one."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if 0x2581 <= code <= 0x2588:
        draw.rectangle((left, bottom - round(height * (code - 0x2580) / 8), right - 1, bottom - 1), fill=ink)
    elif 0x2589 <= code <= 0x258F:
        draw.rectangle((left, top, left + round(width * (0x2590 - code) / 8) - 1, bottom - 1), fill=ink)
    elif 0x2800 <= code <= 0x28FF:
        places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
        for bit, (x, y) in enumerate(places):
            if (code - 0x2800) >> bit & 1:
                cx, cy = left + width * (1 + 2 * x) / 4, top + height * (1 + 2 * y) / 8
                draw.ellipse((cx - 1.4, cy - 1.4, cx + 1.4, cy + 1.4), fill=ink)
    elif code in (0x2500, 0x2502, 0x250C, 0x2510, 0x2514, 0x2518, 0x251C, 0x2524, 0x252C, 0x2534, 0x253C):
        middle, centre = top + height // 2, left + width // 2
        if code not in (0x2502, 0x2510, 0x2518, 0x2524):
            draw.line((centre, middle, right, middle), fill=ink)
        if code not in (0x2502, 0x250C, 0x2514, 0x251C):
            draw.line((left, middle, centre, middle), fill=ink)
        if code not in (0x2500, 0x250C, 0x2510, 0x252C):
            draw.line((centre, top, centre, middle), fill=ink)
        if code not in (0x2500, 0x2514, 0x2518, 0x2534):
            draw.line((centre, middle, centre, bottom), fill=ink)
    else:
        return False
    return True


def columns(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def render(cells):
    width, height = CELL
    image = Image.new("RGB", (cells["columns"] * width, cells["rows"] * height), cells["page"])
    draw = ImageDraw.Draw(image)
    for span in cells["spans"]:
        column, top = span["column"], span["row"] * height
        for character in span["text"]:
            wide = columns(character)
            left = column * width
            box = (left, top, left + max(1, wide) * width, top + height)
            if wide:
                draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=span["ground"])
            if character != " " and not block(draw, ord(character), box, span["ink"], span["ground"]):
                face = BOLD if span["is_bold"] else REGULAR
                draw.text((left if wide else left - width, top + 1), character, font=face, fill=span["ink"])
            if span["is_underlined"]:
                draw.line((left, box[3] - 2, box[2] - 1, box[3] - 2), fill=span["ink"])
            column += wide
    return image


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    paths = sorted(glob.glob(os.path.join(sys.argv[1], "*.json")))
    for path in paths:
        with open(path, encoding="utf-8") as file:
            cells = json.load(file)
        render(cells).save(path[:-5] + ".png", optimize=True)
        os.remove(path)
    print(f"{len(paths)} pictures in {sys.argv[1]}")


if __name__ == "__main__":
    main()
