extension SealedBox {
    /// The keys of one owner while one takes the place of another: what is sealed now is sealed to the current one, and what
    /// was sealed to the former one can be opened all the same.
    package struct KeyRing: Sendable {
        package let current: KeyPair
        private let former: KeyPair?

        package init(current: KeyPair, former: KeyPair? = nil) {
            self.current = current
            self.former = former
        }

        /// What is in the box; throws what ``SealedBox/open(_:with:purpose:context:)`` does when no key opens it.
        package func open(_ box: [UInt8], purpose: String, context: [UInt8] = []) throws(CryptographyError) -> [UInt8] {
            do {
                return try SealedBox.open(box, with: current, purpose: purpose, context: context)
            } catch {
                guard let former, error.kind == .authenticationFailed else { throw error }
                return try SealedBox.open(box, with: former, purpose: purpose, context: context)
            }
        }
    }
}
