package import FoundationEssentials
package import WireAPI

/// What keys and menus do on the screens of models, on their list and on one that is open.
package enum ModelCommand: Sendable, Hashable {
    case open
    case nextSection
    case previousSection
    case executions
    case act(ModelAction)
}

/// What is done to a model. What stands in an action was aimed at when it was made, whatever the cursor is on by then.
package enum ModelAction: Sendable, Hashable {
    case add
    case edit
    /// Asks what to ask it.
    case test
    case ask(UUID, name: String, prompt: String)
    /// Finds out again what a model with an address of its own can do.
    case probeAgain
    /// Finds out what a server can do.
    case probe
    case drain
    case undrain(OperatorDrainWish, name: String)
    /// Says what it costs.
    case setPrice
    case remove
    case removeAgreed(id: UUID, revision: Int, name: String)
}
