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

    /// <summary>Carried nodes that the roots reach, those in regions among them.</summary>
    public static IEnumerable<Opaque> All(IReadOnlyList<Value> roots)
    {
        Stack<IReadOnlyList<Value>> pending = new([roots]);
        while (pending.TryPop(out IReadOnlyList<Value>? next))
        {
            foreach (Op op in GraphWalk.PostOrder(next))
            {
                if (op is Opaque carried)
                {
                    yield return carried;
                }

                foreach (Region region in (op as IRegionOp)?.Regions ?? [])
                {
                    pending.Push(region.Results);
                }
            }
        }
    }

    internal static IEnumerable<string> Domains(IEnumerable<NodeProto> nodes) => nodes.SelectMany(static n => Domains(n.Attribute.Where(static a => a.G is not null).SelectMany(static a => a.G.Node)).Prepend(n.Domain));
}
