package import FoundationEssentials
package import WireAPI

/// What keys and menus do on the screens of providers. One vocabulary for the list and for a provider that is open: what
/// was begun on one can be finished, and taken back, on the other.
package enum ProviderCommand: Sendable, Hashable {
    case open
    case nextSection
    case previousSection
    case nextTab
    case previousTab
    case models
    case executions
    case chooseWindow
    case show(OperatorProviderHistory.Window)
    case act(ProviderAction)
}

/// What is done to a provider. What stands in an action was aimed at when it was made, whatever the cursor is on by then.
package enum ProviderAction: Sendable, Hashable {
    case add
    case edit
    /// Asks before it takes something out of service; puts it back at once.
    case drain
    case undrain(OperatorDrainWish, name: String)
    case remove
    case removeAgreed(id: UUID, revision: Int, name: String)
    case test
    /// Asks what to ask it.
    case testModel(UUID, name: String)
    case ask(UUID, name: String, prompt: String)
    case addKey
    case rotateKey
    case drainKey
    case setKey(UUID, OperatorProviderKey.State, name: String)
    case revokeKey
    case deleteKey
    case deleteKeyAgreed(UUID, name: String)
    case setLimits
    case probe
}
