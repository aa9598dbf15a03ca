using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What nodes that are carried through ask of the model around them: the opset in which they stood.</summary>
public static class CarriedNodes
{
    /// <summary>
    /// Version of each domain that carried nodes of the graph stand in, <c>ai.onnx</c> as the empty string: it pins the opset of the
    /// model. Functions are inlined, so two versions can meet; the newer one is given.
    /// </summary>
    public static Dictionary<string, long> Versions(Graph graph)
    {
        Dictionary<string, long> versions = new(StringComparer.Ordinal);
        foreach (Opaque op in All([.. graph.Roots]))
        {
            versions[op.Domain] = Math.Max(op.Version, versions.GetValueOrDefault(op.Domain));
        }

        return versions;
    }

    /// <summary>Versions of <c>ai.onnx</c> in which all its carried nodes say what they said: from the newest that one stood in to the first that changes one; null where there are none.</summary>
    public static (long From, long Until)? Range(Graph graph)
    {
        (long From, long Until)? range = null;
        foreach (Opaque op in All([.. graph.Roots]).Where(static op => op.Until > 0 || op.Domain.Length == 0))
        {
            (long from, long until) = range ?? (0, long.MaxValue);
            long least = op.Domain.Length == 0 ? op.Version : 0;
            range = (Math.Max(from, least), Math.Min(until, op.Until > 0 ? op.Until : op.Version + 1));
        }

        return range;
    }

    /// <summary>
    /// The oldest version of <c>ai.onnx</c> that has a form of every op steered by integers that a run computes: these are not
    /// written as anything else. Those over a value of unknown rank were read of older nodes (<see cref="OpsetUpgrades"/>).
    /// </summary>
    public static int Least(Graph graph) => Ops([.. graph.Roots])
        .OfType<DynamicOp>()
        .Select(static op => op.Schema.Onnx?.Rows.Where(r => r.Domain.Length == 0 && r.When?.Invoke(op) != false).Select(static r => r.Since).DefaultIfEmpty(0).Min() ?? 0)
        .DefaultIfEmpty(0)
        .Max();

    /// <summary>Carried nodes that the roots reach, those in regions among them.</summary>
    public static IEnumerable<Opaque> All(IReadOnlyList<Value> roots)
    {
        return Ops(roots).OfType<Opaque>();
    }

    /// <summary>The version of a domain besides <c>ai.onnx</c> that has all ops which are written in it.</summary>
    internal static long VersionOf(string domain, Graph graph, EmitOptions options) => Ops([.. graph.Roots])
        .Select(op => op.Schema.Onnx?.RowFor(op, options.Opset, options.Allows))
        .Where(row => row?.Domain == domain)
        .Select(static row => (long)row!.Since)
        .DefaultIfEmpty(1)
        .Max();

    private static IEnumerable<Op> Ops(IReadOnlyList<Value> roots)
    {
        Stack<IReadOnlyList<Value>> pending = new([roots]);
        while (pending.TryPop(out IReadOnlyList<Value>? next))
        {
            foreach (Op op in GraphWalk.PostOrder(next))
            {
                yield return op;
                foreach (Region region in (op as IRegionOp)?.Regions ?? [])
                {
                    pending.Push(region.Results);
                }
            }
        }
    }

    internal static IEnumerable<string> Domains(IEnumerable<NodeProto> nodes) => nodes.SelectMany(static n => Domains(n.Attribute.Where(static a => a.G is not null).SelectMany(static a => a.G.Node)).Prepend(n.Domain));
}
