/// How far a score may be off, without any assumption on the distribution (Angelopoulos and Bates, arXiv:2107.07511).
package enum SplitConformal {
    /// The distance that a new item's error stays within with the probability 1 − `alpha`: the ⌈(n + 1)(1 − α)⌉-th
    /// smallest of the errors seen. Undefined when there are too few of them to say.
    package static func distance(errors: [Double], alpha: Double) throws(Undefined) -> Double {
        guard alpha > 0, alpha < 1 else { throw .outsideRange }
        try errors.requireFinite()
        let rank = ((Double(errors.count) + 1) * (1 - alpha)).rounded(.up)
        guard rank <= Double(errors.count) else {
            throw .tooFew(needed: Int(((1 - alpha) / alpha).rounded(.up)), given: errors.count)
        }
        return errors.map { abs($0) }.sorted()[Int(rank) - 1]
    }
}
