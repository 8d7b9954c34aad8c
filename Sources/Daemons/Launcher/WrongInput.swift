internal import Operations
internal import Stores
internal import Tenancy

/// What was asked for cannot be meant so; the program ends with 2, as for a command line that is not understood.
package struct WrongInput: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// Does something, and tells in these terms what is wrong with what was asked for, and in a sentence what stands in
    /// its way.
    static func told<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as InvalidDefinition {
            throw WrongInput(error.description)
        } catch let conflict as Conflict {
            throw LauncherFailure(conflict.sentence)
        }
    }
}

extension Conflict {
    /// What stands in the way, for the person who must do something about it.
    fileprivate var sentence: String {
        switch kind {
        case .nameTaken: "This name is taken already."
        case .emailTaken: "Somebody has this address already."
        case .domainTaken: "People with addresses of this domain sign in elsewhere already."
        case .missingReference: "What this refers to does not exist any more."
        case .isDefault: "The default project cannot be deleted. Make another one the default first."
        case .inUse: "This is still in use. Remove what belongs to it first."
        case .changedMeanwhile: "Somebody else changed this at the same moment. Try again."
        }
    }
}
