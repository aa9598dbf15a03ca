using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Names that nodes and values have from a model from elsewhere, taken before any is made up: first come, in the order of emission.</summary>
internal static class KeptNames
{
    public static void Claim(Graph graph, NameTable names) => Claim([.. graph.Roots], names);

    private static void Claim(IReadOnlyList<Value> roots, NameTable names)
    {
        foreach (Op op in GraphWalk.PostOrder(roots).Where(static op => op is not (Input or Parameter)))
        {
            if (op.Remark is NodeRemark { Said.Name: { Length: > 0 } name })
            {
                names.Keep(op, name);
            }

            foreach (Value output in op.Outputs)
            {
                Claim(output, names);
            }

            // What a subgraph captures has its name outside.
            int captures = (op as IRegionOp)?.CaptureCount ?? 0;
            foreach (Region region in (op as IRegionOp)?.Regions ?? [])
            {
                foreach (Value parameter in region.Parameters.SkipLast(captures))
                {
                    Claim(parameter, names);
                }

                Claim(region.Results, names);
            }
        }
    }

    private static void Claim(Value value, NameTable names)
    {
        if (value.Remark is ValueRemark { Name: { Length: > 0 } name })
        {
            names.Keep(value, name);
        }
    }
}
