//! Finding what is on the page as a person does, or an assistive technology: by role and name, by label, by text.

use leptos::prelude::document;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// An element that was found.
pub(super) type Found = HtmlElement;

/// Looking for elements below one.
pub(super) trait Find {
    /// Below which element.
    fn root(&self) -> Found;

    /// All elements of a selector, shown or not.
    fn all(&self, selector: &str) -> Vec<Found> {
        let list = self.root().query_selector_all(selector).expect("a selector");
        (0..list.length()).filter_map(|index| list.item(index)?.dyn_into().ok()).collect()
    }

    /// All that have this `data-testid`.
    fn test_ids(&self, id: &str) -> Vec<Found> {
        self.all(&format!("[data-testid='{id}']"))
    }

    /// The one that has this `data-testid`.
    fn test_id(&self, id: &str) -> Found {
        let mut all = self.test_ids(id);
        assert_eq!(all.len(), 1, "there is one {id}");
        all.remove(0)
    }

    /// All shown elements of a role and an accessible name.
    fn roles(&self, role: &str, name: &str) -> Vec<Found> {
        let is_it = |element: &Found| role_of(element) == role && name_of(element) == name && is_shown(element);
        self.all("*").into_iter().filter(is_it).collect()
    }

    /// The one shown element of a role and an accessible name.
    fn role(&self, role: &str, name: &str) -> Found {
        let mut all = self.roles(role, name);
        assert_eq!(all.len(), 1, "there is one {role} {name:?} among {:?}", self.names(role));
        all.remove(0)
    }

    /// The names of all shown elements of a role, in the order of the page.
    fn names(&self, role: &str) -> Vec<String> {
        self.all("*").iter().filter(|at| role_of(at) == role && is_shown(at)).map(|at| name_of(at)).collect()
    }

    /// The one shown text field of a label.
    fn field(&self, label: &str) -> HtmlInputElement {
        let is_it = |element: &Found| {
            matches!(role_of(element).as_str(), "textbox" | "searchbox" | "combobox") && name_of(element) == label
        };
        let fields: Vec<Found> = self.all("input").into_iter().filter(|at| is_it(at) && is_shown(at)).collect();
        assert_eq!(fields.len(), 1, "there is one field {label:?}");
        fields.into_iter().next().and_then(|field| field.dyn_into().ok()).expect("a text field")
    }

    /// Whether a text can be read.
    fn says(&self, text: &str) -> bool {
        words(&self.root().inner_text()).contains(text)
    }
}

impl Find for Element {
    fn root(&self) -> Found {
        self.clone().unchecked_into()
    }
}

/// The role: as it is stated, or that of the element.
pub(super) fn role_of(element: &Element) -> String {
    if let Some(role) = element.get_attribute("role") {
        return role;
    }
    let kind = element.get_attribute("type").unwrap_or_default();
    let role = match (element.tag_name().to_lowercase().as_str(), kind.as_str()) {
        ("button", _) => "button",
        ("a", _) if element.has_attribute("href") => "link",
        ("select", _) => "combobox",
        ("input", "range") => "slider",
        ("input", "radio") => "radio",
        ("input", "checkbox") => "checkbox",
        ("input", "search") => "searchbox",
        ("input", "file") | ("dialog" | "p" | "span" | "div", _) => "",
        ("input", _) => "textbox",
        ("h1" | "h2" | "h3", _) => "heading",
        _ => "",
    };
    role.to_owned()
}

/// The accessible name: what labels it, or else what it says.
pub(super) fn name_of(element: &Element) -> String {
    if let Some(label) = element.get_attribute("aria-label") {
        return label;
    }
    if let Some(ids) = element.get_attribute("aria-labelledby") {
        let texts = ids.split_whitespace().filter_map(|id| document().get_element_by_id(id)?.text_content());
        return words(&texts.collect::<Vec<_>>().join(" "));
    }
    let label = element.closest("label").ok().flatten();
    // The first text of a label is its own; what follows is the unit and what is wrong.
    let label = label.map(|label| label.query_selector("span").ok().flatten().unwrap_or(label));
    words(&label.as_ref().unwrap_or(element).text_content().unwrap_or_default())
}

/// What is wrong with it, or why it cannot be used: the text that `aria-describedby` names.
pub(super) fn description_of(element: &Element) -> String {
    let id = element.get_attribute("aria-describedby").expect("it is described");
    let text = document().get_element_by_id(&id).and_then(|by| by.text_content());
    words(&text.expect("what describes it is there"))
}

/// An attribute, empty where there is none.
pub(super) fn attribute(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

/// The text with single spaces between its words.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_shown(element: &Found) -> bool {
    let is_hidden = element.closest("[aria-hidden='true']").ok().flatten().is_some();
    (element.offset_width() > 0 || element.offset_height() > 0) && !is_hidden
}
