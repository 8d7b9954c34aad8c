import FoundationEssentials
import WireAPI
import Terminal

/// A document that someone wrote and that is not saved at the server: kept with the preferences, so that neither a wrong
/// key nor a broken connection costs an afternoon's work.
package struct UnsavedText: Sendable, Hashable, Codable {
    /// Older ones make room.
    private static let most = 30

    /// Who wrote it.
    let userID: UUID
    let kind: OperatorItemKind
    /// The item that it is to change, `nil` for a new one.
    let item: OperatorItemReference?
    /// The version that the edit began from.
    let version: OperatorVersionReference?
    /// When the edit began: tells it from others of the same item.
    let begunAt: Date
    package internal(set) var text: String
    var keptAt: Date

    /// The name that a menu gives it.
    var name: String { item?.name ?? "a new \(kind.rawValue)" }

    // MARK: What is kept

    /// What the person who is signed in left unsaved of an item, the newest first.
    static func of(_ item: OperatorItemReference, _ scope: Scope) -> [UnsavedText] {
        own(scope).filter { $0.item?.id == item.id }
    }

    /// What they left unsaved of new items, the newest first.
    static func ofNewItems(_ scope: Scope) -> [UnsavedText] { own(scope).filter { $0.item == nil } }

    private static func own(_ scope: Scope) -> [UnsavedText] {
        scope.preferences.unsavedTexts.filter { $0.userID == scope.session?.user.id }.sorted { $0.keptAt > $1.keptAt }
    }

    /// Keeps it, in place of what was kept of the same edit.
    func keep(_ context: inout ScreenContext) {
        var preferences = context.scope.preferences
        preferences.unsavedTexts.removeAll { $0.isSameEdit(as: self) }
        preferences.unsavedTexts.append(self)
        preferences.unsavedTexts = preferences.unsavedTexts.suffix(Self.most)
        context.want(.remember(preferences))
    }

    /// It was saved, or is not wanted any more.
    func forget(_ context: inout ScreenContext) {
        var preferences = context.scope.preferences
        guard preferences.unsavedTexts.contains(where: isSameEdit) else { return }
        preferences.unsavedTexts.removeAll(where: isSameEdit)
        context.want(.remember(preferences))
    }

    func isSameEdit(as other: UnsavedText) -> Bool {
        userID == other.userID && kind == other.kind && item?.id == other.item?.id && begunAt == other.begunAt
    }

    // MARK: Menus

    /// Going on with drafts, or throwing them away.
    static func menuItems(_ drafts: [UnsavedText]) -> [Menu.Item] {
        let shown = drafts.prefix(9)
        let goOn = shown.enumerated().map { index, draft in
            Menu.Item(
                .character(Unicode.Scalar(UInt8(0x31 + index))), "Go on with \(draft.name)",
                detail: "kept \(Formats.dayAndTime(draft.keptAt))", ItemCommand.act(.resume(draft)))
        }
        let away = shown.map { draft in
            Menu.Item(
                nil, "Throw the draft of \(draft.name) away", detail: "kept \(Formats.dayAndTime(draft.keptAt))",
                ItemCommand.act(.discard(draft)))
        }
        return goOn + away
    }
}
