import WireAPI

/// What actions on providers are about: a provider, and what of it is under the cursor.
struct ProviderAim: Sendable {
    let provider: OperatorProvider?
    /// The kinds of which a provider can be added; empty where they are not known.
    let kinds: [OperatorProviderKind]
    let runsInstallation: Bool
    /// A model there, when the cursor is on one.
    var deployment: OperatorDeployment?
    /// A key of it, when the cursor is on one.
    var key: OperatorProviderKey?
    /// All its keys, `nil` where they are not known.
    var keys: [OperatorProviderKey]?
    /// A limit, when the cursor is on one.
    var limit: ProviderLimitRow?

    init(_ provider: OperatorProvider?, kinds: [OperatorProviderKind]?, runsInstallation: Bool?) {
        self.provider = provider
        self.kinds = kinds ?? []
        self.runsInstallation = runsInstallation ?? false
    }

    var isEditable: Bool { provider?.isEditable ?? false }
}
