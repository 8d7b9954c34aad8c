import Glibc

/// A colour as a terminal is told it.
package enum Colour: Sendable, Hashable {
    /// The terminal's own, which its user chose.
    case own
    /// A number of the palette.
    case palette(UInt8)
    /// Itself.
    case direct(RGB)

    /// What it looks like, `nil` for the terminal's own. The first sixteen are as in xterm; users change those.
    package var rgb: RGB? {
        switch self {
        case .own: nil
        case .palette(let number): XtermPalette.colours[Int(number)]
        case .direct(let rgb): rgb
        }
    }
}

/// Red, green and blue of the sRGB colour space, and the arithmetic of reading one on another.
package struct RGB: Sendable, Hashable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package static let black = RGB(0x000000)
    package static let white = RGB(0xFFFFFF)

    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// A colour as it is written in hexadecimal: `0xRRGGBB`.
    package init(_ hex: UInt32) {
        self.init(
            red: UInt8(hex >> 16 & 0xFF), green: UInt8(hex >> 8 & 0xFF), blue: UInt8(hex & 0xFF))
    }

    /// The relative luminance of WCAG 2, from 0 (black) to 1 (white).
    package var luminance: Double {
        0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
    }

    private static func linear(_ value: UInt8) -> Double {
        let share = Double(value) / 255
        return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }

    /// The contrast ratio of WCAG 2, from 1 (none) to 21 (black on white).
    package func contrast(to other: RGB) -> Double {
        let (one, two) = (luminance, other.luminance)
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    /// The colour on the way to another, `share` from 0 to 1 of it.
    func mixed(with other: RGB, _ share: Double) -> RGB {
        func mix(_ from: UInt8, _ to: UInt8) -> UInt8 {
            UInt8((Double(from) + (Double(to) - Double(from)) * share).rounded())
        }
        return RGB(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// How different two colours look, roughly; for choosing the nearest of many.
    func distance(to other: RGB) -> Int {
        let mean = (Int(red) + Int(other.red)) / 2
        let (dr, dg, db) = (Int(red) - Int(other.red), Int(green) - Int(other.green), Int(blue) - Int(other.blue))
        return ((512 + mean) * dr * dr) / 256 + 4 * dg * dg + ((767 - mean) * db * db) / 256
    }
}

/// The 256 colours of xterm, which nearly every terminal has by now.
enum XtermPalette {
    static let colours: [RGB] = basic + cube + greys
    static let luminances = colours.map(\.luminance)

    /// The numbers that look the same everywhere: nobody changes those behind the first sixteen.
    static let fixed = 16...255

    private static let basic: [RGB] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ].map { RGB($0) }

    private static let cube: [RGB] = {
        let steps: [UInt8] = [0, 95, 135, 175, 215, 255]
        return steps.flatMap { red in
            steps.flatMap { green in steps.map { RGB(red: red, green: green, blue: $0) } }
        }
    }()

    private static let greys = (0..<24).map { step in
        let value = UInt8(8 + 10 * step)
        return RGB(red: value, green: value, blue: value)
    }
}
