internal import XML

/// What signatures must look like before lasso looks at them. lasso says whether a signature holds; which element it is
/// about, with which algorithms, and that there is only one way to read it, is said here.
///
/// Source: Assertions and Protocols for SAML 2.0, section 5.4; XML Signature Best Practices.
enum SignatureRules {
    private static let names = XMLSecurityNames.self
    private static let namespace = XMLSecurityNames.signature
    /// The elements that SAML signs.
    private static let signed: Set<XMLElement.QualifiedName> = [
        .init(name: "Assertion", namespace: SAMLNames.assertion),
        .init(name: "Response", namespace: SAMLNames.protocol),
        .init(name: "LogoutRequest", namespace: SAMLNames.protocol),
        .init(name: "LogoutResponse", namespace: SAMLNames.protocol),
    ]

    /// What is signed of metadata.
    private static let described: Set<XMLElement.QualifiedName> = [
        .init(name: "EntityDescriptor", namespace: SAMLNames.metadata),
        .init(name: "EntitiesDescriptor", namespace: SAMLNames.metadata),
    ]

    /// Checks the signature of metadata, which has to be about all of them. What is within may have others, which nobody
    /// asks for.
    static func check(metadata root: XMLElement) throws(SAMLRefusal) {
        guard let signature = root.first("Signature", in: namespace) else {
            throw SAMLRefusal(.signature, "the metadata are not signed")
        }
        guard root.attributes["ID"].map(isPlain) == true else {
            throw SAMLRefusal(.signature, "the metadata have no identifier that a signature could be about")
        }
        try check(signature, of: root, among: described)
    }

    /// Checks all signatures of a message, and that no identifier is there twice.
    static func check(_ message: XMLElement) throws(SAMLRefusal) {
        var identifiers: Set<String> = []
        try message.visit { element, parent throws(SAMLRefusal) in
            guard !element.qualifiedAttributes.keys.contains(.init(name: "id", namespace: names.xml)) else {
                throw SAMLRefusal(.signature, "an element has an xml:id, by which another one could be taken for it")
            }
            for name in ["ID", "Id", "id"] {
                guard let id = element.attributes[name] else { continue }
                guard isPlain(id) else {
                    throw SAMLRefusal(.signature, "the identifier “\(id.prefix(100))” could be taken for a path")
                }
                guard identifiers.insert(id).inserted else {
                    throw SAMLRefusal(.signature, "the identifier “\(id.prefix(100))” is there twice")
                }
            }
            if element.isNamed("Signature", in: namespace) { try check(element, of: parent, among: signed) }
        }
    }

    /// Whether an element has a signature of its own.
    static func isSigned(_ element: XMLElement) -> Bool { element.first("Signature", in: namespace) != nil }

    /// Whether an identifier is a name, as XML wants them: a reference to `xpointer(…)` is a search.
    private static func isPlain(_ id: String) -> Bool {
        id.utf8.count <= 256
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    private static func check(
        _ signature: XMLElement, of parent: XMLElement?, among elements: Set<XMLElement.QualifiedName>
    ) throws(SAMLRefusal) {
        guard let parent, elements.contains(.init(name: parent.name, namespace: parent.namespace)),
            let id = parent.attributes["ID"], !id.isEmpty, parent.all("Signature", in: namespace).count == 1
        else { throw SAMLRefusal(.signature, "there is a signature where none belongs") }
        let parts = signature.children.map(\.name)
        guard signature.children.allSatisfy({ $0.namespace == namespace }),
            parts == ["SignedInfo", "SignatureValue", "KeyInfo"] || parts == ["SignedInfo", "SignatureValue"]
        else { throw SAMLRefusal(.signature, "a signature has other parts than it needs") }
        if let info = signature.first("KeyInfo", in: namespace), info.count("RetrievalMethod", in: namespace) > 0 {
            throw SAMLRefusal(.signature, "a signature wants its key fetched")
        }
        try check(signedInfo: signature.children[0], id: id)
    }

    private static func check(signedInfo: XMLElement, id: String) throws(SAMLRefusal) {
        let parts = signedInfo.children
        guard parts.map(\.name) == ["CanonicalizationMethod", "SignatureMethod", "Reference"],
            parts.allSatisfy({ $0.namespace == namespace })
        else { throw SAMLRefusal(.signature, "a signature is about more or less than one thing") }
        try demand(parts[0], in: names.canonicalForms)
        try checkPrefixes(parts[0])
        try demand(parts[1], in: names.signatures)
        guard parts[1].children.isEmpty else {
            throw SAMLRefusal(.algorithm, "the method of a signature has parameters")
        }
        let reference = parts[2]
        guard reference.attributes["URI"] == "#" + id else {
            throw SAMLRefusal(.signature, "a signature is about another element than the one it stands in")
        }
        guard reference.children.map(\.name) == ["Transforms", "DigestMethod", "DigestValue"] else {
            throw SAMLRefusal(.signature, "what a signature is about is not said in full")
        }
        try demand(reference.children[1], in: names.digests)
        let transforms = reference.children[0].children
        guard (1...2).contains(transforms.count), transforms[0].attributes["Algorithm"] == names.enveloped else {
            throw SAMLRefusal(.algorithm, "what was signed was changed in a way that is not expected")
        }
        if transforms.count == 2 { try demand(transforms[1], in: names.canonicalForms) }
        for transform in transforms { try checkPrefixes(transform) }
    }

    /// A canonical form may be told to keep some namespaces, each of which is looked for at every element.
    private static func checkPrefixes(_ method: XMLElement) throws(SAMLRefusal) {
        guard !method.children.isEmpty else { return }
        guard method.attributes["Algorithm"] == names.exclusive,
            let prefixes = method.only("InclusiveNamespaces", in: names.exclusive), prefixes.children.isEmpty,
            method.children.count == 1
        else { throw SAMLRefusal(.algorithm, "what was signed was changed in a way that is not expected") }
        let list = prefixes.attributes["PrefixList"] ?? ""
        guard list.split(whereSeparator: \.isWhitespace).count <= mostPrefixes else {
            throw SAMLRefusal(.algorithm, "a signature keeps more than \(mostPrefixes) namespaces")
        }
    }

    private static let mostPrefixes = 20

    private static func demand(_ element: XMLElement, in allowed: Set<String>) throws(SAMLRefusal) {
        let algorithm = element.attributes["Algorithm"] ?? ""
        guard allowed.contains(algorithm) else {
            throw SAMLRefusal(.algorithm, "“\(algorithm.prefix(100))” is not taken as \(element.name)")
        }
    }
}
