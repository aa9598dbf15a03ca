using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What holds for one model while it is read.</summary>
/// <param name="File">Name of the model's file, for errors; null where it came from memory.</param>
/// <param name="External">Where external data is looked for; null where there can be none.</param>
/// <param name="IsOurs">Whether our own emitter wrote the model: then what it says of sizes is proved.</param>
/// <param name="Claims">What the model says of sizes and types.</param>
/// <param name="Functions">The model's own functions.</param>
/// <param name="Notes">What was not understood.</param>
internal sealed record ReadContext(
    string? File, ExternalDataReader? External, bool IsOurs, ModelClaims Claims, FunctionLibrary Functions, ReadNotes Notes)
{
    /// <summary>Whether nodes have names that somebody gave them: not where we made them all up.</summary>
    public required bool IsNamed { get; init; }

    /// <summary>Whether every node must be known: not where the model came from elsewhere once, and may hold what was carried through.</summary>
    public bool IsStrict => IsOurs && !IsNamed;

    /// <summary>A caller's name is put before those of its function's nodes as long as the whole stays readable, and memory in bounds.</summary>
    private const int LongestPath = 256;

    /// <summary>
    /// Where the results of a node come from: the module path that we wrote there, else the node's name or, where it has none,
    /// that of its first result, below the call that it stands in.
    /// </summary>
    public SourceLocation Source(NodeProto node, string call)
    {
        string name = !IsNamed ? node.DocString : node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(static o => o.Length > 0) ?? "";
        return new SourceLocation(Inside(call, name), File);
    }

    /// <summary>A name below the call in whose function it stands.</summary>
    public static string Inside(string call, string name) => call.Length == 0 || call.Length + name.Length >= LongestPath ? name : $"{call}/{name}";

    /// <summary>Nodes made while reading, which stand for one of an older opset, and the version that they are read under.</summary>
    public Dictionary<NodeProto, long> Versions { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>A node's place: its name, or its kind where it has none, and the file.</summary>
    public string Place(NodeProto node)
    {
        string name = node.Name.Length > 0 ? node.Name : node.OpType;
        return File is null ? name : $"{name} ({Path.GetFileName(File)})";
    }
}
