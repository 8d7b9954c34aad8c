package import FoundationEssentials
package import WireAPI

/// What keys and menus do on the screens of evaluators and judges. One vocabulary for the list and for an item that is
/// open: what was begun on one can be finished, and taken back, on the other.
package enum ItemCommand: Sendable, Hashable {
    case open
    case executions
    case nextTab
    case previousTab
    case openMember(Int)
    case unfold
    case markVersion
    case compareVersions
    case chooseWindow
    case show(OperatorItemHistory.Window)
    case trial(TrialCommand)
    case act(ItemAction)
}

/// What is done to items. What stands in an action was aimed at when it was made, whatever the cursor is on by then.
package enum ItemAction: Sendable, Hashable {
    /// Asks what to make.
    case create
    case begin(OperatorItemKind)
    case edit
    case editAnew(OperatorItemReference)
    case resume(UnsavedText)
    case discard(UnsavedText)
    case duplicate
    case copy(OperatorItemReference, name: String)
    case remove
    case removeAgreed(UUID)
    case undoRemoval([RemovalToken])
    case export(ExportWish)
    /// Asks where the documents are.
    case importDocuments
    case askForPath
    case importFromEditor
    case importFrom(path: String)
}

/// What is done while an item is tried.
package enum TrialCommand: Sendable, Hashable {
    /// Shows the form, or goes on filling it in.
    case open
    case run
    /// Shows the result before, or after, the one that is shown.
    case older
    case newer
    /// Opens the execution of the result.
    case execution
}

/// What undoes a plan that removed something.
package struct RemovalToken: Sendable, Hashable {
    let planID: UUID
    let token: String
}

/// Which items are written as documents.
package struct ExportWish: Sendable, Hashable {
    let evaluatorIDs: [UUID]
    let judgeIDs: [UUID]
    let includesEvaluatorsOfJudges: Bool
}

extension OperatorItem {
    /// The item as what one can aim at.
    var reference: OperatorItemReference { OperatorItemReference(kind: kind, id: id, name: name) }
}

extension OperatorItemKind {
    /// As a word of a sentence, for one or several.
    func word(_ count: Int) -> String { count == 1 ? rawValue : rawValue + "s" }
}
