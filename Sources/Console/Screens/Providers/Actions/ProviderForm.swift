import WireAPI

/// Adding a provider and changing one.
enum ProviderForm {
    static func adding(_ kinds: [OperatorProviderKind], runsInstallation: Bool) -> FormScreen<OperatorProvider> {
        let own = fields(kinds, nil)
        let key = FormField.secret(
            "key", "Key", hint: "sealed for the LLM proxy at once; nothing shows it again")
        let holder = HolderField.field(runsInstallation: runsInstallation)
        return FormScreen(
            "Add a provider",
            note: "It is used once a model names it. The key is sealed for the LLM proxy and never shown again.",
            Form(own + [key] + holder)
        ) { values throws(FormProblem) in
            .addProvider(try draft(values, kinds, nil))
        } done: { provider, context in
            context.say("\(provider.name) is there; now it needs a model", .good)
            context.push(ProviderScreen(provider, kinds: kinds, runsInstallation: runsInstallation))
        }
    }

    static func changing(
        _ provider: OperatorProvider, _ kinds: [OperatorProviderKind]
    ) -> FormScreen<OperatorProvider> {
        let known = kinds.filter { $0.name == provider.kind }
        return FormScreen(
            "Edit \(provider.name)",
            note: "Its keys stay as they are. Where the address changes, they go to the new one.",
            Form(fields(known, provider))
        ) { values throws(FormProblem) in
            .changeProvider(provider.id, to: try draft(values, known, provider))
        } done: { provider, context in
            context.say("\(provider.name) is changed", .good)
        }
    }

    /// What some kinds take and do not need.
    private static let optional = ["azure_openai": "api_version", "anthropic": "api_version"]

    private static func fields(_ kinds: [OperatorProviderKind], _ provider: OperatorProvider?) -> [FormField] {
        let settings = provider?.settings
        // What is set is shown in any case: what is not sent would be lost.
        func isAsked(_ setting: String, _ value: String?) -> @Sendable (FormValues) -> Bool {
            { values in
                let kind = provider?.kind ?? values["kind"]
                let isNeeded = kinds.first { $0.name == kind }?.neededSettings.contains(setting) ?? false
                return isNeeded || value != nil || optional[kind] == setting
            }
        }
        let choices = kinds.map { FormField.Choice($0.name, ProviderKindWords.name($0.name)) }
        let kind: [FormField] =
            provider == nil ? [.choice("kind", "Kind", hint: "what is spoken there", choices)] : []
        return kind + [
            .text(
                "name", "Name", hint: "as people know it, such as openai-eu", value: provider?.name ?? "",
                isRequired: true),
            .text(
                "url", "Address", hint: "https://…; empty for the usual one of its kind", value: provider?.url ?? ""),
            .text(
                "api_version", "API version", hint: "such as 2024-10-21", value: settings?.apiVersion ?? "",
                when: isAsked("api_version", settings?.apiVersion)),
            .text(
                "region", "Region", hint: "such as eu-north-1", value: settings?.region ?? "",
                when: isAsked("region", settings?.region)),
            .text(
                "project", "Project", hint: "Google's project", value: settings?.project ?? "",
                when: isAsked("project", settings?.project)),
            .text(
                "location", "Location", hint: "such as europe-north1", value: settings?.location ?? "",
                when: isAsked("location", settings?.location)),
            .decision(
                "is_enabled", "In use", hint: "switched off, it is as if it were not there",
                isOn: provider?.isEnabled ?? true),
        ]
    }

    private static func draft(
        _ values: FormValues, _ kinds: [OperatorProviderKind], _ provider: OperatorProvider?
    ) throws(FormProblem) -> OperatorProviderDraft {
        let kind = provider?.kind ?? values["kind"]
        if values["url"].isEmpty, let known = kinds.first(where: { $0.name == kind }), known.usualURL == nil {
            throw FormProblem("url", "\(ProviderKindWords.name(kind)) has no usual address: this is needed")
        }
        return OperatorProviderDraft(
            kind: kind, name: values["name"], url: values.text("url"),
            settings: OperatorProviderSettings(
                apiVersion: values.text("api_version"), region: values.text("region"),
                project: values.text("project"), location: values.text("location")),
            isEnabled: values.isOn("is_enabled"), key: values.text("key"), holder: HolderField.holder(values),
            revision: provider?.revision)
    }
}

/// Whose something new is to be: only who runs the installation is asked.
enum HolderField {
    static func field(runsInstallation: Bool) -> [FormField] {
        guard runsInstallation else { return [] }
        return [
            .choice(
                "holder", "Whose", hint: "the installation's is everybody's to use",
                [
                    .init(OperatorHolder.organization.rawValue, "our own"),
                    .init(OperatorHolder.installation.rawValue, "the installation's"),
                ])
        ]
    }

    static func holder(_ values: FormValues) -> OperatorHolder {
        OperatorHolder(rawValue: values["holder"]) ?? .organization
    }
}
