import Glibc

extension PairedSample {
    /// Pearson's r: how far the two lie on a line, from -1 to 1 (Pearson, 1895).
    package func pearson() throws(Undefined) -> Double { try Self.pearson(reference, measured) }

    /// A range for Pearson's r by Fisher's transformation (Metron 1, 1921): z = artanh r has the standard error
    /// 1/√(n-3).
    package func pearsonInterval(level: Double = 0.95) throws(Undefined) -> Interval {
        guard count > 3 else { throw .tooFew(needed: 4, given: count) }
        let z = atanh(try pearson())
        let margin = try Normal.criticalValue(level: level) / Double(count - 3).squareRoot()
        return Interval(lower: tanh(z - margin), upper: tanh(z + margin))
    }

    /// Spearman's ρ: Pearson's r of the ranks, equal values sharing the mean of theirs (Spearman, 1904).
    package func spearman() throws(Undefined) -> Double {
        guard count >= 2 else { throw .tooFew(needed: 2, given: count) }
        return try Self.pearson(Ranks.averaged(reference), Ranks.averaged(measured))
    }

    /// Lin's concordance: how far the two lie on the line of equality, 2·s_xy / (s_x² + s_y² + (x̄ - ȳ)²) with moments
    /// over n (Lin, Biometrics 45, 1989).
    package func concordance() throws(Undefined) -> Double {
        guard count >= 2 else { throw .tooFew(needed: 2, given: count) }
        guard !reference.isConstant || !measured.isConstant else { throw .noVariance }
        let centerX = try reference.mean()
        let centerY = try measured.mean()
        let covariance = zip(reference, measured).lazy.map { ($0 - centerX) * ($1 - centerY) }.compensatedSum
        let spread = try reference.sumOfSquares() + measured.sumOfSquares()
        let shift = Double(count) * (centerX - centerY) * (centerX - centerY)
        return 2 * covariance / (spread + shift)
    }

    private static func pearson(_ x: [Double], _ y: [Double]) throws(Undefined) -> Double {
        guard x.count >= 2 else { throw .tooFew(needed: 2, given: x.count) }
        // Told by the values and not by their sum of squares, which rounding may leave above 0.
        guard !x.isConstant, !y.isConstant else { throw .noVariance }
        let centerX = try x.mean()
        let centerY = try y.mean()
        let product = zip(x, y).lazy.map { ($0 - centerX) * ($1 - centerY) }.compensatedSum
        let spread = try x.sumOfSquares().squareRoot() * y.sumOfSquares().squareRoot()
        // Values so close that their squares vanish.
        guard spread > 0 else { throw .noVariance }
        return max(-1, min(1, product / spread))
    }
}
