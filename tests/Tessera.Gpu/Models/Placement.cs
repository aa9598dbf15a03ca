namespace Tessera.Gpu.Models;

/// <summary>Where the nodes of a model ran.</summary>
internal sealed class Placement
{
    // A tensor has so many sizes at most, and so many of them are ever computed together; batches have more examples.
    private const int MostSizes = 8;

    private readonly ProfiledNode[] _cpu;

    public Placement(IEnumerable<ProfiledNode> nodes)
    {
        ProfiledNode[] all = [.. nodes];
        _cpu = [.. all.Where(static n => n.IsOnCpu && !n.IsCopy)];
        OnCpu = Count(_cpu);
        Copies = Count(all.Where(static n => n.IsCopy));
        OnDevice = Count(all.Where(static n => !n.IsOnCpu && !n.IsCopy));
        Strangers = [.. _cpu.Where(static n => !IsShapeArithmetic(n))];
    }

    public int OnCpu { get; }

    public int OnDevice { get; }

    /// <summary>Nodes that carry tensors from one memory to another.</summary>
    public int Copies { get; }

    /// <summary>Nodes on the CPU that are more than shape arithmetic.</summary>
    public IReadOnlyList<ProfiledNode> Strangers { get; }

    /// <summary>Types of nodes on the CPU, each with how many there are.</summary>
    public string CpuOps => string.Join(", ", _cpu.GroupBy(static n => n.Op, StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => $"{g.Key} {Count(g)}"));

    /// <summary>
    /// Whether a node only computes sizes. What it does is no matter, but what it reads and writes: whole numbers and truth values, scalars or vectors, no
    /// more of them than a shape has sizes. A tensor of the model is of floats; what there is for each token or example (offsets, positions, experts) has
    /// more elements than that; so neither is read or made by such a node, and its work does not grow with the input. Control flow is never it: what is
    /// inside stands in the profile by itself, but the device waits for its condition.
    /// </summary>
    public static bool IsShapeArithmetic(ProfiledNode node) =>
        node.Op is not ("If" or "Loop" or "Scan") && node.Outputs.Count > 0 && node.Inputs.Concat(node.Outputs).All(IsOfSizes);

    private static bool IsOfSizes(ProfiledTensor tensor) =>
        tensor.Type is "int64" or "int32" or "bool" && tensor.Dims.Count <= 1 && tensor.Dims.All(static d => d <= MostSizes);

    // The same node on tensors of other sizes is no other node.
    private static int Count(IEnumerable<ProfiledNode> nodes) => nodes.Select(static n => (n.Name, n.Op)).Distinct().Count();
}
