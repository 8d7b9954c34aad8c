/// By how much a second run agrees better or worse than a first one, by one figure on the same items; each part is there or
/// says why not.
package struct AgreementDifference: Sendable, Hashable {
    /// What is compared.
    package enum Subject: String, Sendable, Hashable, CaseIterable {
        case bias
        case meanAbsoluteError = "mae"
        case rootMeanSquareError = "rmse"
        case pearson
        case accuracy
    }

    /// How it was found out whether chance alone makes such a difference.
    package enum Test: String, Sendable, Hashable, CaseIterable {
        /// All choices of signs of the items' differences.
        case signFlips = "sign_flips"
        /// Student's paired test.
        case student
        /// Williams' test of correlations with the same third thing.
        case williams
        /// McNemar's exact test of the items on which one only is right.
        case mcNemar = "mcnemar"
    }

    package let subject: Subject
    /// The figure of either run.
    package let first: Figure
    package let second: Figure
    /// The second less the first.
    package let difference: Figure
    /// The 95 % range of the difference.
    package let range: Result<Interval, Undefined>
    /// How likely a difference as large is when both are as good.
    package let probability: Figure
    package let test: Test

    /// Every figure of two runs that cannot be compared.
    package static func undefined(because reason: Undefined) -> [AgreementDifference] {
        Subject.allCases.map { subject in
            let test: Test =
                switch subject {
                case .bias, .meanAbsoluteError, .rootMeanSquareError: .student
                case .pearson: .williams
                case .accuracy: .mcNemar
                }
            return AgreementDifference(
                subject: subject, first: .failure(reason), second: .failure(reason), difference: .failure(reason),
                range: .failure(reason), probability: .failure(reason), test: test)
        }
    }
}

/// Two runs that scored the same items, beside what is taken for right.
package struct ComparedRuns: Sendable {
    private let first: PairedSample
    private let second: PairedSample
    private let firstThreshold: Double
    private let secondThreshold: Double
    private let bootstrap: Bootstrap

    /// Up to so many items all choices of signs are gone through.
    private static let mostFlipped = 20
    /// What is less than so much of the values is rounding and no difference.
    private static let rounding = 1e-12

    /// Takes values in the order of the items. A value of at least its run's threshold is a yes.
    package init(
        reference: [Double], first: [Double], second: [Double], firstThreshold: Double, secondThreshold: Double,
        bootstrap: Bootstrap
    ) throws(Undefined) {
        self.first = try PairedSample(reference: reference, measured: first)
        self.second = try PairedSample(reference: reference, measured: second)
        self.firstThreshold = firstThreshold
        self.secondThreshold = secondThreshold
        self.bootstrap = bootstrap
    }

    /// How the two differ by every figure. Ranges of the root mean square and of the correlation are drawn, which takes
    /// most of the time.
    package func differences() -> [AgreementDifference] { AgreementDifference.Subject.allCases.map(difference) }

    private func difference(in subject: AgreementDifference.Subject) -> AgreementDifference {
        switch subject {
        case .bias:
            mean(subject, of: \.differences, Figure(catching: first.bias), Figure(catching: second.bias))
        case .meanAbsoluteError:
            mean(
                subject, of: \.sizes, Figure(catching: first.meanAbsoluteError),
                Figure(catching: second.meanAbsoluteError))
        case .rootMeanSquareError: rootMeanSquare()
        case .pearson: correlation()
        case .accuracy: accuracy()
        }
    }

    /// A figure that is a mean over the items: the items' differences have a range and a test.
    private func mean(
        _ subject: AgreementDifference.Subject, of loss: (PairedSample) -> [Double], _ one: Figure, _ other: Figure
    ) -> AgreementDifference {
        let paired = Result { () throws(Undefined) in try PairedDifferences(from: loss(first), to: loss(second)) }
        return AgreementDifference(
            subject, one, other,
            range: paired.flatMap { paired in Result { () throws(Undefined) in try paired.interval() } },
            probability: paired.flatMap { probability($0, scale: scale) }, test: test)
    }

    /// The root of a mean has no range of its own, so that it is drawn; the means themselves are tested (Diebold and Mariano,
    /// Journal of Business & Economic Statistics 13, 1995), which are equal when their roots are.
    private func rootMeanSquare() -> AgreementDifference {
        let (one, other) = (first.squares, second.squares)
        let paired = Result { () throws(Undefined) in try PairedDifferences(from: one, to: other) }
        return AgreementDifference(
            .rootMeanSquareError, Figure(catching: first.rootMeanSquareError),
            Figure(catching: second.rootMeanSquareError),
            range: range { (places) throws(Undefined) in
                let (left, right) = (try places.map { one[$0] }.mean(), try places.map { other[$0] }.mean())
                return right.squareRoot() - left.squareRoot()
            }, probability: paired.flatMap { probability($0, scale: scale * scale) }, test: test)
    }

    private func correlation() -> AgreementDifference {
        let (one, other) = (Figure(catching: first.pearson), Figure(catching: second.pearson))
        let probability = Figure { () throws(Undefined) in
            try DependentCorrelations.williamsTest(
                first: try one.get(), second: try other.get(),
                between: try PairedSample(reference: first.measured, measured: second.measured).pearson(),
                count: first.count
            ).probability
        }
        return AgreementDifference(
            .pearson, one, other,
            range: range { (places) throws(Undefined) in
                try second.picking(places).pearson() - first.picking(places).pearson()
            }, probability: probability, test: .williams)
    }

    private func accuracy() -> AgreementDifference {
        let (one, other) = (first.verdicts(from: firstThreshold), second.verdicts(from: secondThreshold))
        let onlyFirst = zip(one, other).count { $0 > $1 }
        let onlySecond = zip(one, other).count { $0 < $1 }
        return AgreementDifference(
            .accuracy, Figure(catching: one.mean), Figure(catching: other.mean),
            range: Result { () throws(Undefined) in try PairedDifferences(from: one, to: other).interval() },
            probability: Figure { () throws(Undefined) in
                try McNemar.exactTest(onlyFirst: onlyFirst, onlySecond: onlySecond)
            }, test: .mcNemar)
    }

    private func range(_ statistic: ([Int]) throws(Undefined) -> Double) -> Result<Interval, Undefined> {
        Result { () throws(Undefined) in
            try bootstrap.interval(of: first.count, statistic: statistic).accelerated
        }
    }

    private var test: AgreementDifference.Test { first.count <= Self.mostFlipped ? .signFlips : .student }

    /// The largest of all values.
    private var scale: Double {
        [first.reference, first.measured, second.measured].joined().reduce(0) { max($0, abs($1)) }
    }

    private func probability(_ paired: PairedDifferences, scale: Double) -> Figure {
        Figure { () throws(Undefined) in
            let clear = paired.ignoring(noise: Self.rounding * scale)
            // Nothing differs, so that there is nothing to flip either.
            guard clear.values.contains(where: { $0 != 0 }) else { throw .noDifference }
            guard clear.values.count > Self.mostFlipped else { return try clear.signFlipTest() }
            return try clear.studentTest().probability
        }
    }
}

extension AgreementDifference {
    fileprivate init(
        _ subject: Subject, _ first: Figure, _ second: Figure, range: Result<Interval, Undefined>,
        probability: Figure, test: Test
    ) {
        self.init(
            subject: subject, first: first, second: second,
            difference: Figure { () throws(Undefined) in try second.get() - first.get() }, range: range,
            probability: probability, test: test)
    }
}

extension PairedSample {
    /// How far each item is off.
    fileprivate var sizes: [Double] { differences.map { abs($0) } }
    fileprivate var squares: [Double] { differences.map { $0 * $0 } }

    /// 1 for every item on which both say yes, or both no, at the threshold; else 0.
    fileprivate func verdicts(from threshold: Double) -> [Double] {
        zip(reference, measured).map { ($0 >= threshold) == ($1 >= threshold) ? 1 : 0 }
    }
}
