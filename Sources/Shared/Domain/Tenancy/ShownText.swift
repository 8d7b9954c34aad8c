/// Text that others have written, as it may be shown to somebody: nothing of it steers what shows it.
///
/// Names, addresses and what clients call themselves come from people who need not be known. A terminal obeys control
/// characters, also those of C1, and what turns the direction of writing makes a line look like another one.
package enum ShownText {
    /// In one line: what would begin another one, or steer a terminal, becomes a space.
    package static func line(_ text: String) -> String { cleaned(text, keeping: { _ in false }) }

    /// In as many lines as it has.
    package static func lines(_ text: String) -> String { cleaned(text, keeping: { $0 == "\n" || $0 == "\t" }) }

    /// Whether a character does something where it is shown, rather than being seen.
    package static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Marks of a direction stand in names that are written from the right; they turn nothing but their neighbours.
        case 0x061C, 0x200E, 0x200F: true
        default: isRefusedInNames(scalar)
        }
    }

    /// Control characters, separators of lines, and what turns the direction of writing.
    static func isRefusedInNames(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func cleaned(_ text: String, keeping isKept: (Unicode.Scalar) -> Bool) -> String {
        guard text.unicodeScalars.contains(where: { steers($0) && !isKept($0) }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { steers($0) && !isKept($0) ? " " : $0 }))
    }
}
