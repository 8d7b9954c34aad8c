/// Numbers that carry digits by which mistakes are found.
enum CheckDigits {
    /// An IBAN: moved by four and read as a number in which letters are 10 to 35, it leaves 1 when divided by 97
    /// (ISO 13616, ISO/IEC 7064). Of the countries whose length is known it must have that.
    static func isIBAN(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        let compact = scalars.filter { $0 != " " }
        guard (15...34).contains(compact.count) else { return false }
        let country = String(String.UnicodeScalarView(compact.prefix(2)))
        if let length = lengths[country], length != compact.count { return false }
        var remainder = 0
        for scalar in compact.dropFirst(4) + compact.prefix(4) {
            switch scalar {
            case "0"..."9": remainder = (remainder * 10 + Int(scalar.value) - 48) % 97
            case "A"..."Z": remainder = (remainder * 100 + Int(scalar.value) - 55) % 97
            default: return false
            }
        }
        return remainder == 1
    }

    /// A card number: digits that begin as one of the large networks' do and are as many as theirs, with the check digit
    /// of Luhn (ISO/IEC 7812-1).
    static func isCardNumber(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        let digits = scalars.compactMap { scalar in
            ("0"..."9").contains(scalar) ? Int(scalar.value) - 48 : nil
        }
        guard digits.count >= 13, networks.contains(where: { $0.issues(digits) }) else { return false }
        // 4444 4444 4444 4448 is right, but a row of one digit is a placeholder.
        guard Set(digits).count > 1 else { return false }
        let sum = digits.reversed().enumerated().reduce(0) { sum, element in
            let doubled = element.offset % 2 == 1 ? element.element * 2 : element.element
            return sum + (doubled > 9 ? doubled - 9 : doubled)
        }
        return sum % 10 == 0
    }

    /// How the numbers of a network begin, and how long they are.
    private struct Network {
        /// By the first four digits.
        let beginnings: ClosedRange<Int>
        let lengths: Set<Int>

        func issues(_ digits: [Int]) -> Bool {
            beginnings.contains(digits.prefix(4).reduce(0) { $0 * 10 + $1 }) && lengths.contains(digits.count)
        }
    }

    private static let networks = [
        Network(beginnings: 4000...4999, lengths: [13, 16, 19]),  // Visa
        Network(beginnings: 5100...5599, lengths: [16]), Network(beginnings: 2221...2720, lengths: [16]),  // Mastercard
        Network(beginnings: 3400...3499, lengths: [15]), Network(beginnings: 3700...3799, lengths: [15]),  // Amex
        Network(beginnings: 3528...3589, lengths: [16, 17, 18, 19]),  // JCB
        Network(beginnings: 3000...3099, lengths: [14, 16]), Network(beginnings: 3600...3699, lengths: [14]),
        Network(beginnings: 3800...3999, lengths: [14, 16]),  // Diners
        Network(beginnings: 5000...5099, lengths: [13, 14, 15, 16, 17, 18, 19]),  // Maestro
        Network(beginnings: 5600...6999, lengths: [13, 14, 15, 16, 17, 18, 19]),  // Maestro, Discover, UnionPay
    ]

    /// How long an IBAN is, by country (SWIFT IBAN Registry).
    private static let lengths: [String: Int] = [
        "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
        "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
        "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
        "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20,
        "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24,
        "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
        "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    ]
}
