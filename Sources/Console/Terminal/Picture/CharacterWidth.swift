/// How a character of foreign text is shown.
enum CharacterClass: Hashable {
    /// One or two columns wide.
    case visible(width: Int)
    /// Sits on the character before it.
    case combining
    /// Has no meaning in a grid of cells (joiners, variation selectors, skin tones, marks of direction): left out.
    case dropped
    /// Would move the cursor, reorder the line or hide text: a mark stands in its place.
    case replaced
    /// White space that is not a blank: a blank stands in its place.
    case blank
}

/// The pinned width rules: terminals and libraries disagree at the edges, a picture needs one answer.
enum CharacterWidth {
    static func classify(_ scalar: Unicode.Scalar) -> CharacterClass {
        let value = scalar.value
        if value >= 0x20 && value < 0x7F { return .visible(width: 1) }
        if value < 0x300 { return latin(value) }
        // What pictures are drawn with, without a look into the tables.
        if (0x2500...0x25FC).contains(value) || (0x2800...0x28FF).contains(value) { return .visible(width: 1) }
        if isIgnorable(value) { return .dropped }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .combining
        case .control, .format, .privateUse, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator:
            return .replaced
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .spacingMark,
            .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
            .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
            .modifierSymbol, .otherSymbol, .spaceSeparator:
            break
        @unknown default: return .replaced
        }
        // Vowels and finals of Hangul syllables written as parts.
        if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FB).contains(value) { return .combining }
        return .visible(width: isWide(value) ? 2 : 1)
    }

    private static func latin(_ value: UInt32) -> CharacterClass {
        switch value {
        case 0x09, 0x0A, 0x0D, 0xA0: .blank
        case 0xAD: .dropped
        case 0..<0x20, 0x7F..<0xA0: .replaced
        default: .visible(width: 1)
        }
    }

    private static func isIgnorable(_ value: UInt32) -> Bool {
        switch value {
        case 0x34F, 0x200B...0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF, 0xE0100...0xE01EF: true
        // Directions without an effect of their own: texts in Arabic and Hebrew hold them.
        case 0x61C, 0x200E, 0x200F: true
        // Some terminals let it melt into the emoji before it, others give it two columns more.
        case 0x1F3FB...0x1F3FF: true
        default: false
        }
    }

    private static func isWide(_ value: UInt32) -> Bool {
        guard value >= 0x1100 else { return false }
        var low = 0
        var high = wide.count / 2
        while low < high {
            let middle = (low + high) / 2
            if value > wide[2 * middle + 1] { low = middle + 1 } else { high = middle }
        }
        return low < wide.count / 2 && value >= wide[2 * low]
    }

    /// First and last of each range of two-column characters: East Asian wide and full width of Unicode 15.0, with the
    /// hexagrams and circled numbers that libraries widen as well. Ranges go on over what is not assigned or sits on
    /// another character.
    private static let wide: [UInt32] = [
        0x1100, 0x115F, 0x231A, 0x231B, 0x2329, 0x232A, 0x23E9, 0x23EC, 0x23F0, 0x23F0, 0x23F3, 0x23F3,
        0x25FD, 0x25FE, 0x2614, 0x2615, 0x2648, 0x2653, 0x267F, 0x267F, 0x2693, 0x2693, 0x26A1, 0x26A1,
        0x26AA, 0x26AB, 0x26BD, 0x26BE, 0x26C4, 0x26C5, 0x26CE, 0x26CE, 0x26D4, 0x26D4, 0x26EA, 0x26EA,
        0x26F2, 0x26F3, 0x26F5, 0x26F5, 0x26FA, 0x26FA, 0x26FD, 0x26FD, 0x2705, 0x2705, 0x270A, 0x270B,
        0x2728, 0x2728, 0x274C, 0x274C, 0x274E, 0x274E, 0x2753, 0x2755, 0x2757, 0x2757, 0x2795, 0x2797,
        0x27B0, 0x27B0, 0x27BF, 0x27BF, 0x2B1B, 0x2B1C, 0x2B50, 0x2B50, 0x2B55, 0x2B55, 0x2E80, 0x303E,
        0x3041, 0xA4C6, 0xA960, 0xA97C, 0xAC00, 0xFAD9, 0xFE10, 0xFE6B, 0xFF01, 0xFF60, 0xFFE0, 0xFFE6,
        0x16FE0, 0x1B2FB, 0x1F004, 0x1F004, 0x1F0CF, 0x1F0CF, 0x1F18E, 0x1F18E, 0x1F191, 0x1F19A, 0x1F200, 0x1F320,
        0x1F32D, 0x1F335, 0x1F337, 0x1F37C, 0x1F37E, 0x1F393, 0x1F3A0, 0x1F3CA, 0x1F3CF, 0x1F3D3, 0x1F3E0, 0x1F3F0,
        0x1F3F4, 0x1F3F4, 0x1F3F8, 0x1F43E, 0x1F440, 0x1F440, 0x1F442, 0x1F4FC, 0x1F4FF, 0x1F53D, 0x1F54B, 0x1F54E,
        0x1F550, 0x1F567, 0x1F57A, 0x1F57A, 0x1F595, 0x1F596, 0x1F5A4, 0x1F5A4, 0x1F5FB, 0x1F64F, 0x1F680, 0x1F6C5,
        0x1F6CC, 0x1F6CC, 0x1F6D0, 0x1F6D2, 0x1F6D5, 0x1F6DF, 0x1F6EB, 0x1F6EC, 0x1F6F4, 0x1F6FC, 0x1F7E0, 0x1F7F0,
        0x1F90C, 0x1F93A, 0x1F93C, 0x1F945, 0x1F947, 0x1F9FF, 0x1FA70, 0x1FAF8, 0x20000, 0x323AF,
    ]
}
