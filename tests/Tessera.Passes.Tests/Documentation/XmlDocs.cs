using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tessera.Ir;

namespace Tessera.Passes.Tests.Documentation;

/// <summary>The XML documentation of an assembly, as Markdown.</summary>
internal sealed partial class XmlDocs(Assembly assembly)
{
    private readonly Dictionary<string, XElement> _members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(static m => m.Attribute("name")!.Value, StringComparer.Ordinal);

    private readonly Dictionary<string, string> _ops = OpRegistry.All.ToDictionary(static s => "T:" + s.OpType.FullName, static s => s.Name, StringComparer.Ordinal);

    public string Summary(Type type) => Text(_members.GetValueOrDefault("T:" + type.FullName)?.Element("summary"));

    public string Operand(Type type, string name) =>
        Text(_members.GetValueOrDefault("T:" + type.FullName)?.Elements("param").SingleOrDefault(p => Same(p.Attribute("name")!.Value, name)));

    public string Attribute(Type type, string name) =>
        type.GetProperties().First(p => Same(p.Name, name)) is { DeclaringType: { } declaring } property
            ? Text(_members.GetValueOrDefault($"P:{declaring.FullName}.{property.Name}")?.Element("summary"))
            : "";

    private static bool Same(string property, string text) => string.Equals(property, text.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private string Text(XElement? element) => element is null ? "" : Space().Replace(string.Concat(element.Nodes().Select(Node)), " ").Trim();

    private string Node(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => $"`{Reference(see)}`",
        XElement { Name.LocalName: "paramref" } name => $"`{name.Attribute("name")!.Value}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement other => Text(other),
        _ => "",
    };

    private string Reference(XElement see) => see.Attribute("cref")?.Value is not { } cref
        ? see.Attribute("langword")!.Value
        : _ops.GetValueOrDefault(cref) ?? cref[(cref.LastIndexOf('.') + 1)..];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
