/// A rule with its options. What each measures, and how its measure becomes a score from 0 to 1, is said at the options.
package enum CodeRule: Sendable, Hashable {
    /// 1 when the texts are equal after folding, else 0.
    case exactMatch(TextFolding)
    /// How similar the texts are, from 0 to 1.
    case fuzzyMatch(FuzzyMethod, TextFolding)
    /// 1 − edits / length of the longer text, in Unicode scalars.
    case levenshtein(TextFolding)
    /// 1 when the pattern is found as expected, else 0.
    case regularExpression(PatternRule)
    /// 1 when the text is JSON with that at its top, else 0.
    case jsonValidity(JSONTop)
    /// 1 when the text is JSON and conforms to the schema, else 0. The schema is JSON text.
    case jsonSchema(OpaqueJSON)
    /// The share of the fields that match.
    case jsonMatch(JSONComparison)
    /// The share of the fields that are neither null, nor a blank text, nor an empty array or object.
    case jsonFilled
    /// ROUGE, from 0 to 1.
    case rouge(RougeRule)
    /// Sentence BLEU / 100.
    case bleu(BleuRule)
    /// chrF / 100; with words of up to that order it is chrF+ (1) and chrF++ (2).
    case chrf(wordOrder: Int)
    /// Reading ease / 100, no less than 0 and no more than 1; with bounds 1 within them, else 0.
    case readability(ReadabilityRule)
    /// 1 when the length is within the bounds, else 0.
    case length(LengthRule)
    /// 1 when none of these is found, else 0.
    case personalData(Set<PersonalDataKind>)

    package var kind: CodeKind {
        switch self {
        case .exactMatch: .exactMatch
        case .fuzzyMatch: .fuzzyMatch
        case .levenshtein: .levenshtein
        case .regularExpression: .regularExpression
        case .jsonValidity: .jsonValidity
        case .jsonSchema: .jsonSchema
        case .jsonMatch: .jsonMatch
        case .jsonFilled: .jsonFilled
        case .rouge: .rouge
        case .bleu: .bleu
        case .chrf: .chrf
        case .readability: .readability
        case .length: .length
        case .personalData: .personalData
        }
    }
}

/// Differences between texts that do not count.
package struct TextFolding: Sendable, Hashable {
    /// Upper and lower case are the same.
    package var ignoresCase = false
    /// Runs of white space are one space, and none at the ends.
    package var ignoresWhitespace = false
    /// Punctuation is left out.
    package var ignoresPunctuation = false

    package init() {}
}

/// How similarity is measured, as the library RapidFuzz names it.
package enum FuzzyMethod: String, Sendable, Hashable, CaseIterable {
    /// 2 · longest common subsequence / sum of the lengths, in Unicode scalars.
    case ratio
    /// The ratio of the words in alphabetical order.
    case tokenSort = "token_sort"
    /// The best ratio of the common words and of either's others behind them: 1 when one has all words of the other.
    case tokenSet = "token_set"
}

/// What a regular expression is to do.
package struct PatternRule: Sendable, Hashable {
    /// What the pattern is to do.
    package enum Expectation: String, Sendable, Hashable, CaseIterable {
        /// It matches somewhere.
        case found
        /// It matches nowhere.
        case absent
        /// It matches the whole text.
        case whole
    }

    package var pattern: String
    package var ignoresCase = false
    package var expectation = Expectation.found

    package init(pattern: String) { self.pattern = pattern }
}

/// What is at the top of a JSON document.
package enum JSONTop: String, Sendable, Hashable, CaseIterable {
    case any
    case object
    case array
}

/// How two JSON documents are compared, field by field. A field is a value that is neither object nor array, by its
/// path.
package struct JSONComparison: Sendable, Hashable {
    /// What of the fields is compared.
    package enum Aspect: String, Sendable, Hashable, CaseIterable {
        /// Values: the share of all fields of either side that are equal.
        case values
        /// Names: the share of the fields that were found whose paths are expected.
        case names
        /// Types: the share of the fields of both sides whose values are of the same type.
        case types
        /// Completeness: the share of the expected fields that are there, whatever their values.
        case completeness
    }

    package var aspect = Aspect.values
    /// Paths, such as `order.items[0].id` or `items[*].id`, that are left out with all below.
    package var ignoredFields: [String] = []
    /// How far numbers may be apart.
    package var tolerance = 0.0
    /// Elements of arrays may be in any order.
    package var ignoresOrder = false
    /// Fields that were not expected do not count.
    package var ignoresExtra = false
    /// Texts are equal but for case and white space.
    package var foldsText = false

    package init() {}
}

/// Which ROUGE (Lin, Text Summarization Branches Out, 2004) is taken.
package struct RougeRule: Sendable, Hashable {
    /// What the texts are to have in common.
    package enum Variant: String, Sendable, Hashable, CaseIterable {
        /// Common words.
        case one = "rouge1"
        /// Common pairs of words.
        case two = "rouge2"
        /// Longest common subsequence of words.
        case longest = "rougeL"
        /// The same, line by line.
        case longestByLine = "rougeLsum"
    }

    /// Which share of it is the score.
    package enum Measure: String, Sendable, Hashable, CaseIterable {
        case f1
        case precision
        case recall
    }

    /// What words are.
    package enum Words: String, Sendable, Hashable, CaseIterable {
        /// Letters and digits of any script.
        case unicode
        /// Those of ASCII, as the library rouge-score has it: other scripts have no words.
        case ascii
    }

    package var variant = Variant.longest
    package var measure = Measure.f1
    package var words = Words.unicode

    package init() {}
}

/// How BLEU (Papineni et al., ACL 2002) is taken: tokens as of mteval-v13a, and as many orders as the text has words.
package struct BleuRule: Sendable, Hashable {
    /// What stands for an order without a match, as sacreBLEU names it.
    package enum Smoothing: String, Sendable, Hashable, CaseIterable {
        case exponential = "exp"
        case floor
        case addK = "add-k"
        case none
    }

    package var smoothing = Smoothing.exponential
    package var ignoresCase = false

    package init() {}
}

/// How easy a text is to be.
package struct ReadabilityRule: Sendable, Hashable {
    /// How ease is computed.
    package enum Formula: String, Sendable, Hashable, CaseIterable {
        /// 206.835 − 1.015 · words per sentence − 84.6 · syllables per word: about 0 (hard) to 100 (easy) (Flesch,
        /// Journal of Applied Psychology 32, 1948).
        case readingEase = "flesch_reading_ease"
        /// 0.39 · words per sentence + 11.8 · syllables per word − 15.59: school years (Kincaid et al., 1975). It has
        /// no scale from 0 to 1, so bounds are needed.
        case grade = "flesch_kincaid_grade"
    }

    package var formula = Formula.readingEase
    package var bounds = Bounds()

    package init() {}
}

/// How long a text is to be.
package struct LengthRule: Sendable, Hashable {
    /// What is counted.
    package enum Unit: String, Sendable, Hashable, CaseIterable {
        /// As people see them: an emoji of several scalars is one.
        case characters
        case words
        case sentences
    }

    package var unit: Unit
    package var bounds: Bounds

    package init(_ unit: Unit, _ bounds: Bounds) {
        self.unit = unit
        self.bounds = bounds
    }
}

/// A range whose ends belong to it and may be missing.
package struct Bounds: Sendable, Hashable {
    package var minimum: Double?
    package var maximum: Double?

    package init(minimum: Double? = nil, maximum: Double? = nil) {
        self.minimum = minimum
        self.maximum = maximum
    }

    package var areGiven: Bool { minimum != nil || maximum != nil }

    package func contains(_ value: Double) -> Bool { value >= minimum ?? value && value <= maximum ?? value }
}

/// Personal data and secrets that can be told by their form, in any language.
package enum PersonalDataKind: String, Sendable, Hashable, CaseIterable {
    case email
    /// A number in international form: `+` and 8 to 15 digits (ITU-T E.164).
    case phone
    /// An account number with right check digits (ISO 13616).
    case iban
    /// A card number of 13 to 19 digits with a right check digit (ISO/IEC 7812).
    case creditCard = "credit_card"
    case ipv4
    case ipv6
    /// A token by the prefix that its maker gives it, such as `sk-` or `ghp_`, or a JSON Web Token.
    case apiKey = "api_key"
    /// The first line of a private key in PEM.
    case privateKey = "private_key"

    /// What people call it.
    package var title: String {
        switch self {
        case .email: "e-mail address"
        case .phone: "phone number"
        case .iban: "IBAN"
        case .creditCard: "card number"
        case .ipv4: "IPv4 address"
        case .ipv6: "IPv6 address"
        case .apiKey: "API key"
        case .privateKey: "private key"
        }
    }
}
