internal import JSON
internal import Records
internal import Scoring
internal import Statistics
internal import Tenancy

/// What a run has shown, as it is stored and told: figures with their names, `null` for those that these values do not have,
/// and beside them under `undefined` why.
struct CalibrationMetrics {
    /// As it is stored.
    let json: OpaqueJSON

    /// The same for every run, so that the same numbers have the same ranges.
    private static let bootstrapSeed: UInt64 = 20_260_101

    /// Compares scores with what people found; a score of at least `threshold` counts as a yes.
    init(_ pairs: [CalibrationPair], threshold: Double) {
        var writer = Fields()
        writer.object["n"] = .integer(Int64(pairs.count))
        writer.object["threshold"] = .number(threshold)
        do throws(Undefined) {
            let sample = try PairedSample(
                reference: pairs.map(\.humanValue), measured: pairs.map(\.evaluatorScore))
            writer.add(
                AgreementSummary(of: sample, threshold: threshold, bootstrap: Bootstrap(seed: Self.bootstrapSeed)))
        } catch {
            // Stored values are finite and of equal number, so that there is always a sample.
            writer.object["n"] = .integer(0)
        }
        writer.addAnnotators(of: pairs)
        writer.object["undefined"] = .object(writer.reasons)
        json = OpaqueJSON(text: String(decoding: JSONWriter.bytes(of: .object(writer.object)), as: UTF8.self))
    }
}

/// The figures so far, and why some are missing.
private struct Fields {
    var object: JSONObject = [:]
    var reasons: JSONObject = [:]

    mutating func add(_ name: String, _ figure: Figure) {
        switch figure {
        case .success(let value): object[name] = .number(value)
        case .failure(let reason):
            object[name] = .null
            reasons[name] = .object(["code": .string(reason.code), "message": .string(reason.description)])
        }
    }

    mutating func add(_ name: String, _ figure: () throws(Undefined) -> Double) {
        add(name, Figure(catching: figure))
    }

    mutating func add(_ summary: AgreementSummary) {
        add("bias", summary.bias)
        add("mae", summary.meanAbsoluteError)
        add("rmse", summary.rootMeanSquareError)
        add("pearson", summary.pearson)
        add("spearman", summary.spearman)
        add("kendall", summary.kendall)
        add("concordance", summary.concordance)
        add("kappa", summary.kappa)
        add("linear_kappa", summary.linearKappa)
        add("quadratic_kappa", summary.quadraticKappa)
        add("krippendorff_alpha", summary.intervalAlpha)
        add("krippendorff_alpha_ordinal", summary.ordinalAlpha)
        add("krippendorff_alpha_nominal", summary.nominalAlpha)
        add(summary.confusion)
        addIntervals(of: summary)
    }

    private mutating func add(_ confusion: ConfusionMatrix) {
        object["confusion"] = .object([
            "true_positives": .integer(Int64(confusion.truePositives)),
            "false_positives": .integer(Int64(confusion.falsePositives)),
            "false_negatives": .integer(Int64(confusion.falseNegatives)),
            "true_negatives": .integer(Int64(confusion.trueNegatives)),
        ])
        add("accuracy", confusion.accuracy)
        add("precision", confusion.precision)
        add("recall", confusion.recall)
        add("specificity", confusion.specificity)
        add("f1", confusion.f1)
        add("balanced_accuracy", confusion.balancedAccuracy)
        add("matthews_correlation", confusion.matthewsCorrelation)
    }

    /// The 95 % ranges, bias-corrected and accelerated.
    private mutating func addIntervals(of summary: AgreementSummary) {
        var intervals: JSONObject = [:]
        for ranged in AgreementSummary.Ranged.allCases {
            switch summary.ranges[ranged] {
            case .success(let range):
                intervals[ranged.rawValue] = .object([
                    "lower": .number(range.accelerated.lower), "upper": .number(range.accelerated.upper),
                ])
            case .failure(let reason):
                intervals[ranged.rawValue] = .null
                reasons["intervals.\(ranged.rawValue)"] = .object([
                    "code": .string(reason.code), "message": .string(reason.description),
                ])
            case nil: continue
            }
        }
        object["intervals"] = .object(intervals)
    }

    /// How far the annotators agree among themselves, where there are several: no evaluator agrees with them better than
    /// they do.
    mutating func addAnnotators(of pairs: [CalibrationPair]) {
        let annotators = Set(pairs.flatMap(\.labels.keys)).sorted()
        object["annotators"] = .integer(Int64(annotators.count))
        add("annotator_alpha") { () throws(Undefined) in
            guard annotators.count > 1 else { throw .tooFew(needed: 2, given: annotators.count) }
            return try KrippendorffAlpha.of(annotators.map { who in pairs.map { $0.labels[who] } }, .interval)
        }
    }
}
