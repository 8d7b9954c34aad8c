import FoundationEssentials
import Tenancy
import WireAPI

/// Setting up an identity provider, and changing what it is asked and believed.
enum IdentityProviderForm {
    private static let refuse = "refuse"
    /// Roles that an identity provider may give.
    private static let roles: [Role] = Role.allCases.filter { $0 != .owner }

    /// `metadata` is XML; without it they are read at a URL.
    static func adding(metadata: String?) -> FormScreen<OperatorIdentityProvider> {
        FormScreen(
            "Set up an identity provider",
            note:
                "Its metadata are read and checked at once. Begin with it off, give its administrator our addresses, try it, then turn it on.",
            Form(fields(nil, byURL: metadata == nil)), verb: "set up"
        ) { values throws(FormProblem) in
            .addIdentityProvider(
                OperatorIdentityProviderDraft(settings: try settings(values, nil), metadata: metadata))
        } done: { provider, context in
            context.push(IdentityProviderScreen(provider, isTested: true))
        }
    }

    static func changing(_ provider: OperatorIdentityProvider) -> FormScreen<OperatorIdentityProvider> {
        FormScreen(
            "Change \(provider.settings.name)", note: "It holds for the next sign-in; who is signed in stays.",
            Form(fields(provider.settings, byURL: provider.settings.metadataURL != nil))
        ) { values throws(FormProblem) in
            .changeIdentityProvider(
                provider.id,
                to: OperatorIdentityProviderDraft(
                    settings: try settings(values, provider.settings), revision: provider.revision))
        } done: { provider, context in
            context.say("\(provider.settings.name) is changed", .good)
        }
    }

    private static func fields(_ settings: OperatorIdentityProviderSettings?, byURL: Bool) -> [FormField] {
        let url = FormField.text(
            "metadata_url", "Metadata at", hint: "such as https://idp.example.com/metadata",
            value: settings?.metadataURL ?? "", isRequired: byURL)
        let roleChoices =
            [FormField.Choice(refuse, "nobody else gets in")] + roles.map { FormField.Choice($0.rawValue, $0.rawValue) }
        return [.text("name", "Name", hint: "as people see it", value: settings?.name ?? "", isRequired: true)]
            + (byURL ? [url] : []) + [
                .text(
                    "entity_id", "Entity id", hint: "only where metadata describe several",
                    value: settings?.entityID ?? ""),
                .decision("is_enabled", "On", hint: "whether people sign in by it", isOn: settings?.isEnabled ?? false),
                .text(
                    "email", "Attribute of the address", hint: "empty: the usual ones",
                    value: settings?.attributes.email ?? ""),
                .text(
                    "full_name", "Attribute of the name", hint: "empty: the usual ones",
                    value: settings?.attributes.fullName ?? ""),
                .text(
                    "groups", "Attribute of the groups", hint: "empty: the usual ones",
                    value: settings?.attributes.groups ?? ""),
                .text(
                    "roles", "Groups and roles",
                    hint: "such as judges=annotator, ops=operator; the first that fits counts",
                    value: settings?.roles.map { "\($0.group)=\($0.role)" }.joined(separator: ", ") ?? ""),
                .choice(
                    "default_role", "Without such a group", roleChoices, value: settings?.defaultRole ?? refuse),
                .text(
                    "domains", "Domains", hint: "such as example.com: their people sign in here only",
                    value: settings?.domains.joined(separator: ", ") ?? ""),
                .decision(
                    "creates_people", "Makes people", hint: "whom we do not know yet",
                    isOn: settings?.createsPeople ?? true),
                .decision(
                    "allows_unsolicited", "May begin there", hint: "sign-ins that nobody asked for here",
                    isOn: settings?.allowsUnsolicited ?? false),
                .text(
                    "clock_skew_seconds", "Clocks may differ by", hint: "such as 90s",
                    value: "\(settings?.clockSkewSeconds ?? 90)s", isRequired: true),
            ]
    }

    private static func settings(
        _ values: FormValues, _ before: OperatorIdentityProviderSettings?
    ) throws(FormProblem) -> OperatorIdentityProviderSettings {
        OperatorIdentityProviderSettings(
            name: values["name"], isEnabled: values.isOn("is_enabled"), metadataURL: values.text("metadata_url"),
            metadataCertificate: before?.metadataCertificate, entityID: values.text("entity_id"),
            attributes: .init(
                email: values.text("email"), fullName: values.text("full_name"), groups: values.text("groups")),
            roles: try groupRoles(values.list("roles")),
            defaultRole: values["default_role"] == refuse ? nil : values["default_role"],
            domains: values.list("domains"), createsPeople: values.isOn("creates_people"),
            allowsUnsolicited: values.isOn("allows_unsolicited"),
            clockSkewSeconds: try values.seconds("clock_skew_seconds") ?? before?.clockSkewSeconds ?? 90)
    }

    private static func groupRoles(
        _ texts: [String]
    ) throws(FormProblem) -> [OperatorIdentityProviderSettings.GroupRole] {
        var rules: [OperatorIdentityProviderSettings.GroupRole] = []
        for text in texts {
            // Names of groups may have an equals sign in them, as those of LDAP have.
            guard let place = text.lastIndex(of: "="), place != text.startIndex else {
                throw FormProblem("roles", "\(text) is not GROUP=ROLE")
            }
            let role = String(text[text.index(after: place)...]).trimmingBlanks
            guard roles.contains(where: { $0.rawValue == role }) else {
                throw FormProblem("roles", "\(role) is none of \(roles.map(\.rawValue).joined(separator: ", "))")
            }
            rules.append(.init(group: String(text[..<place]).trimmingBlanks, role: role))
        }
        return rules
    }
}
