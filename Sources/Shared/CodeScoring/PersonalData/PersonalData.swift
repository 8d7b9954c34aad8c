internal import Scoring

/// Finds personal data and secrets by their form. The form is the same in all languages; names and street addresses have
/// none and are not found.
enum PersonalData {
    /// Something that was found. The text itself is not kept: a justification is stored and shown.
    struct Finding: Sendable, Hashable {
        let kind: PersonalDataKind
        /// In Unicode scalars.
        let range: Range<Int>
    }

    /// Everything of these kinds, in the order of the text. Of two that overlap the longer one counts: the digits of an
    /// IBAN are no card number.
    static func find(_ kinds: Set<PersonalDataKind>, in text: String) -> [Finding] {
        let scalars = Array(text.unicodeScalars)
        let found = PersonalDataKind.allCases.filter(kinds.contains).flatMap { kind in
            forms[kind, default: []].flatMap { form in
                form.pattern.matches(in: scalars).filter { form.accepts($0, of: scalars) }.map {
                    Finding(kind: kind, range: $0)
                }
            }
        }
        var kept: [Finding] = []
        for finding in found.sorted(by: precedes) {
            guard !kept.contains(where: { $0.range.overlaps(finding.range) }) else { continue }
            kept.append(finding)
        }
        return kept.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// Whether a text of `count` scalars can be searched within bounds.
    static func isAffordable(for count: Int) -> Bool {
        forms.values.joined().allSatisfy { $0.pattern.isAffordable(for: count) }
    }

    private static func precedes(_ left: Finding, _ right: Finding) -> Bool {
        (-left.range.count, left.range.lowerBound) < (-right.range.count, right.range.lowerBound)
    }

    /// What a kind looks like, and what else must hold.
    private struct Form: Sendable {
        let pattern: Pattern
        private let isRight: @Sendable (ArraySlice<Unicode.Scalar>) -> Bool

        /// `nil` would be a mistake in the lists below, which a test looks for.
        init?(_ pattern: String, _ isRight: @escaping @Sendable (ArraySlice<Unicode.Scalar>) -> Bool = { _ in true }) {
            do {
                self.pattern = try Pattern(pattern)
            } catch {
                return nil
            }
            self.isRight = isRight
        }

        /// Whether what was found is one, and no part of something longer such as a version number.
        func accepts(_ range: Range<Int>, of text: [Unicode.Scalar]) -> Bool {
            let isContinued =
                range.upperBound + 1 < text.count && text[range.upperBound] == "."
                && ("0"..."9").contains(text[range.upperBound + 1])
            let isContinuation = range.lowerBound > 0 && text[range.lowerBound - 1] == "."
            return !isContinued && !isContinuation && isRight(text[range])
        }
    }

    private static let forms: [PersonalDataKind: [Form]] = [
        .email: [#"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*\.[\p{L}]{2,63}\b"#].compactMap { Form($0) },
        .phone: [#"\+[1-9](?:[ .()/-]{0,2}\d){7,14}\b"#].compactMap { Form($0) },
        .iban: [#"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b"#].compactMap { Form($0, CheckDigits.isIBAN) },
        .creditCard: [#"\b\d(?:[ -]?\d){12,18}\b"#].compactMap { Form($0, CheckDigits.isCardNumber) },
        .ipv4: [#"\b(?:\d{1,3}\.){3}\d{1,3}\b"#].compactMap { Form($0, NetworkAddress.isIPv4) },
        .ipv6: [#"(?:[0-9A-Fa-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4})"#].compactMap {
            Form($0, NetworkAddress.isIPv6)
        },
        .apiKey: [
            // What makers of services begin their tokens with, so that scanners find them.
            #"\b(?:sk|pk|rk)[-_](?:[A-Za-z0-9]+[-_])*[A-Za-z0-9_-]{16,}"#, #"\bgh[pousr]_[A-Za-z0-9]{36,}\b"#,
            #"\bgithub_pat_[A-Za-z0-9_]{22,}\b"#, #"\bglpat-[A-Za-z0-9_-]{20,}"#, #"\bxox[abprs]-[A-Za-z0-9-]{10,}"#,
            #"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"#, #"\bAIza[A-Za-z0-9_-]{35}"#, #"\bhf_[A-Za-z0-9]{30,}\b"#,
            #"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"#,
        ].compactMap { Form($0) },
        .privateKey: [#"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"#].compactMap { Form($0) },
    ]
}
