/// A set of Unicode scalars.
struct ScalarClass: Sendable, Hashable {
    /// Sets that are told by a property of a scalar.
    enum Property: Sendable, Hashable {
        case digit
        case word
        case space
        /// The general categories whose two-letter names begin so: `L`, `Lu`, `Nd`, …
        case category(String)

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .digit: scalar.properties.generalCategory == .decimalNumber
            case .word: Self.isWord(scalar)
            case .space: scalar.properties.isWhitespace
            case .category(let name): scalar.properties.generalCategory.shortName.hasPrefix(name)
            }
        }

        /// Letters, marks, decimal digits and connectors, as UTS #18 has it.
        static func isWord(_ scalar: Unicode.Scalar) -> Bool {
            if scalar.isASCII {
                return switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_": true
                default: false
                }
            }
            return switch scalar.properties.generalCategory.shortName.first {
            case "L", "M": true
            case "N": scalar.properties.generalCategory == .decimalNumber || scalar.properties.isAlphabetic
            case "P": scalar.properties.generalCategory == .connectorPunctuation
            case "S": scalar.properties.isAlphabetic
            case _: false
            }
        }
    }

    /// A property, or all scalars without it.
    struct Part: Sendable, Hashable {
        let property: Property
        let isNegated: Bool
    }

    var ranges: [ClosedRange<UInt32>] = []
    var parts: [Part] = []
    var isNegated = false
    var ignoresCase = false

    /// The set of one scalar.
    static func one(_ scalar: Unicode.Scalar) -> ScalarClass { ScalarClass(ranges: [scalar.value...scalar.value]) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        (holds(scalar) || ignoresCase && otherCases(of: scalar).contains(where: holds)) != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
            || parts.contains { $0.property.contains(scalar) != $0.isNegated }
    }

    private func otherCases(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap { mapping in
            let scalars = mapping.unicodeScalars
            guard let only = scalars.first, scalars.count == 1, only != scalar else { return nil }
            return only
        }
    }
}

extension Unicode.GeneralCategory {
    /// The two letters of the Unicode Character Database.
    var shortName: String {
        switch self {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}
