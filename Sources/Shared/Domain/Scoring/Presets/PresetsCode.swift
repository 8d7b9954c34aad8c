import FoundationEssentials
import Tenancy

// What needs no model. The identifiers are our own: no client has them built in.
extension PresetCatalogue {
    static let code = [
        exactMatch, fuzzyMatch, levenshtein, rouge, bleu, chrf, jsonValidity, personalData, readingEase,
    ]

    private static let exactMatch = PresetEvaluator(
        UUID(high: 0x5c07ab1e_0000_8001, low: 0x8000_000000000001), "Exact Match",
        intent: "To measure whether the response is the expected output, but for white space.",
        code: CodeEvaluation(.exactMatch(withoutSpace)))

    private static let fuzzyMatch = PresetEvaluator(
        UUID(high: 0x5c07ab1e_0000_8001, low: 0x8000_000000000002), "Fuzzy Match",
        intent: "To measure how similar the words of the response are to those of the expected output, in any order.",
        code: CodeEvaluation(.fuzzyMatch(.tokenSort, withoutCase)))

    private static let levenshtein = PresetEvaluator(
        UUID(high: 0x5c07ab1e_0000_8001, low: 0x8000_000000000003), "Levenshtein Similarity",
        intent: "To measure how few characters have to be changed to make the expected output of the response.",
        code: CodeEvaluation(.levenshtein(TextFolding())))

    private static let rouge = PresetEvaluator(
        UUID(high: 0x5c07ab1e_0000_8001, low: 0x8000_000000000004), "ROUGE-L",
        intent: "To measure how much of the expected output the response has in the same order of words.",
        code: CodeEvaluation(.rouge(RougeRule())))

    private static let bleu = PresetEvaluator(
        UUID(high: 0x5c07ab1e_0000_8001, low: 0x8000_000000000005), "BLEU",
        intent: "To measure how many runs of up to four words of a translation are in the expected one.",
        code: CodeEvaluation(.bleu(BleuRule())))

    private static let chrf = PresetEvaluator(
        UUID(high: 0x5c07ab1e_0000_8001, low: 0x8000_000000000006), "chrF",
        intent: "To measure how many runs of up to six characters a translation and the expected one have in common.",
        code: CodeEvaluation(.chrf(wordOrder: 0)))

    private static let jsonValidity = PresetEvaluator(
        UUID(high: 0x5c07ab1e_0000_8001, low: 0x8000_000000000007), "JSON Validity",
        intent: "To measure whether the response is JSON.", code: CodeEvaluation(.jsonValidity(.any)))

    private static let personalData = PresetEvaluator(
        UUID(high: 0x5c07ab1e_0000_8001, low: 0x8000_000000000008), "Personal Data",
        intent: "To measure whether the response is free of personal data and secrets that can be told by their form.",
        code: CodeEvaluation(.personalData(Set(PersonalDataKind.allCases))))

    private static let readingEase = PresetEvaluator(
        UUID(high: 0x5c07ab1e_0000_8001, low: 0x8000_000000000009), "Flesch Reading Ease",
        intent: "To measure how short the sentences and the words of an English response are.",
        code: CodeEvaluation(.readability(ReadabilityRule())))

    private static var withoutSpace: TextFolding {
        var folding = TextFolding()
        folding.ignoresWhitespace = true
        return folding
    }

    private static var withoutCase: TextFolding {
        var folding = withoutSpace
        folding.ignoresCase = true
        return folding
    }
}
