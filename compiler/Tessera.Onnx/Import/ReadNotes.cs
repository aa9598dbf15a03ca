using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>A node that is carried through without being understood, and why.</summary>
/// <param name="Node">Name of the node, or of its first result.</param>
/// <param name="Op">Domain, operator and opset.</param>
/// <param name="Reason">What about it is not understood.</param>
public sealed record CarriedNode(string Node, string Op, string Reason);

/// <summary>What reading a model leaves to be said.</summary>
public sealed class ReadNotes
{
    private readonly List<CarriedNode> _carried = [];

    /// <summary>Nodes that are carried through, in the model's order.</summary>
    public IReadOnlyList<CarriedNode> Carried => _carried;

    /// <summary>Keys of the model's metadata that are given more than once: the last holds.</summary>
    public IReadOnlyList<string> RepeatedKeys { get; internal set; } = [];

    internal void Carry(NodeProto node, long version, string reason) => _carried.Add(new CarriedNode(
        node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(static o => o.Length > 0) ?? "",
        $"{(node.Domain.Length == 0 ? "ai.onnx" : node.Domain)}:{node.OpType} (opset {version})",
        reason));
}
