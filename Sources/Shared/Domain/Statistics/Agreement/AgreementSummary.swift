/// All that a calibration run says of how an evaluator and people agree; each figure is there or says why not.
package struct AgreementSummary: Sendable {
    /// A figure whose range is drawn too.
    package enum Ranged: String, Sendable, Hashable, CaseIterable {
        case bias
        case meanAbsoluteError = "mae"
        case rootMeanSquareError = "rmse"
        case pearson
        case spearman
        case kappa
        case quadraticKappa = "quadratic_kappa"
    }

    package let count: Int
    package let missing: Int
    package let threshold: Double
    /// The steps that values are put on for the figures of categories.
    package let grades: [Double]
    package let bias: Figure
    package let meanAbsoluteError: Figure
    package let rootMeanSquareError: Figure
    package let limitsOfAgreement: Result<Interval, Undefined>
    package let pearson: Figure
    package let spearman: Figure
    package let kendall: Figure
    package let concordance: Figure
    /// Of whether the threshold is reached.
    package let kappa: Figure
    /// Of the grades.
    package let linearKappa: Figure
    package let quadraticKappa: Figure
    /// Krippendorff's α of the grades as names and as places, and of the values as numbers.
    package let nominalAlpha: Figure
    package let ordinalAlpha: Figure
    package let intervalAlpha: Figure
    package let confusion: ConfusionMatrix
    /// 95 % ranges; empty when none were asked for.
    package let ranges: [Ranged: Result<BootstrapInterval, Undefined>]

    /// Five steps of a scale from 0 to 1.
    package static let fiveGrades = [0, 0.25, 0.5, 0.75, 1]

    /// Computes everything; ranges only where a bootstrap is given, which take most of the time.
    package init(
        of sample: PairedSample, threshold: Double = 0.5, grades: [Double] = fiveGrades, bootstrap: Bootstrap? = nil
    ) {
        count = sample.count
        missing = sample.missing
        self.threshold = threshold
        self.grades = grades
        let scale = Scale(threshold: threshold, grades: grades)
        bias = Figure(catching: sample.bias)
        meanAbsoluteError = Figure(catching: sample.meanAbsoluteError)
        rootMeanSquareError = Figure(catching: sample.rootMeanSquareError)
        limitsOfAgreement = Result(catching: sample.limitsOfAgreement)
        pearson = Figure(catching: sample.pearson)
        spearman = Figure(catching: sample.spearman)
        kendall = Figure(catching: sample.kendall)
        concordance = Figure(catching: sample.concordance)
        kappa = Figure { () throws(Undefined) in try scale.kappa(sample) }
        linearKappa = Figure { () throws(Undefined) in try scale.kappa(sample, .linear) }
        quadraticKappa = Figure { () throws(Undefined) in try scale.kappa(sample, .quadratic) }
        nominalAlpha = Figure { () throws(Undefined) in try scale.alpha(sample, .nominal) }
        ordinalAlpha = Figure { () throws(Undefined) in try scale.alpha(sample, .ordinal) }
        intervalAlpha = Figure { () throws(Undefined) in
            try KrippendorffAlpha.of([sample.reference, sample.measured], .interval)
        }
        confusion = ConfusionMatrix(sample, threshold: threshold)
        var ranges: [Ranged: Result<BootstrapInterval, Undefined>] = [:]
        if let bootstrap {
            for ranged in Ranged.allCases {
                ranges[ranged] = Result { () throws(Undefined) in
                    try bootstrap.interval(of: sample) { (sample) throws(Undefined) in
                        try scale.value(of: ranged, sample)
                    }
                }
            }
        }
        self.ranges = ranges
    }

    /// How values become categories.
    private struct Scale {
        let threshold: Double
        let grades: [Double]

        func kappa(_ sample: PairedSample) throws(Undefined) -> Double {
            try ContingencyTable(
                sample.measured.map { $0 >= threshold ? 1 : 0 }, sample.reference.map { $0 >= threshold ? 1 : 0 },
                categories: 2
            ).kappa()
        }

        func kappa(_ sample: PairedSample, _ weighting: KappaWeighting) throws(Undefined) -> Double {
            try ContingencyTable(sample, grades: grades).kappa(weighting)
        }

        func alpha(_ sample: PairedSample, _ level: MeasurementLevel) throws(Undefined) -> Double {
            guard !grades.isEmpty else { throw .outsideRange }
            return try KrippendorffAlpha.of(
                [sample.reference, sample.measured].map { values in
                    values.map { Double(Grades.nearest(to: $0, in: grades)) }
                }, level)
        }

        func value(of ranged: Ranged, _ sample: PairedSample) throws(Undefined) -> Double {
            switch ranged {
            case .bias: try sample.bias()
            case .meanAbsoluteError: try sample.meanAbsoluteError()
            case .rootMeanSquareError: try sample.rootMeanSquareError()
            case .pearson: try sample.pearson()
            case .spearman: try sample.spearman()
            case .kappa: try kappa(sample)
            case .quadraticKappa: try kappa(sample, .quadratic)
            }
        }
    }
}
