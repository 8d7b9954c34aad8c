/// Operations on one kind of thing.
package struct OperationGroup: Sendable {
    package let name: String
    /// What the things are.
    package let text: String
    package let operations: [Operation]

    package init(_ name: String, _ text: String, _ operations: [Operation]) {
        self.name = name
        self.text = text
        self.operations = operations
    }
}
