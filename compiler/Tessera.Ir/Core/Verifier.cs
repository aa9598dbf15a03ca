namespace Tessera.Ir;

/// <summary>Checks what every pass must keep: ownership, operand layout, types that inference confirms, a sound interface.</summary>
public static class Verifier
{
    /// <exception cref="TesseraException">The graph is malformed; the message names the op and what is wrong.</exception>
    public static void Verify(Graph graph)
    {
        HashSet<Value> inputs = [.. graph.Inputs];
        RequireDistinct(graph.Inputs.Select(static v => ((Ops.Input)v.Producer).Name), "input", graph.Name);
        RequireDistinct(graph.Outputs.Select(static o => o.Name), "output", graph.Name);
        VerifyOps(graph.Builder, graph.Roots, inputs, graph.Name);
    }

    /// <summary>The same for a region and, through its ops, the regions inside it.</summary>
    public static void Verify(Region region, string place) =>
        VerifyOps(region.Builder, region.Results, [.. region.Parameters], place);

    private static void VerifyOps(GraphBuilder builder, IEnumerable<Value> roots, HashSet<Value> inputs, string place)
    {
        foreach (Op op in GraphWalk.PostOrder(roots))
        {
            foreach (Value? operand in op.Operands)
            {
                if (operand is not null && !builder.Owns(operand))
                {
                    throw Broken(place, op, $"operand {operand} belongs to another builder.");
                }
            }

            VerifyTypes(builder, op, place);
            foreach (AttributeSpec attribute in op.Schema.Attributes)
            {
                if (attribute.Get(op) is Region region)
                {
                    Verify(region, $"{place}/{op.Schema.Name}.{attribute.Name}");
                }
            }

            if (op is Ops.Input input && !inputs.Any(v => ReferenceEquals(v.Producer, op)))
            {
                throw Broken(place, op, $"input '{input.Name}' is used but not declared.");
            }
        }
    }

    private static void VerifyTypes(GraphBuilder builder, Op op, string place)
    {
        IReadOnlyList<Value> values = builder.EmitAll(op);
        if (values.Count != op.OutputCount)
        {
            throw Broken(place, op, $"declares {op.OutputCount} results and infers {values.Count}.");
        }

        // Inference must be a function of the op alone. What became known of sizes since may only sharpen it: a size that
        // only run time knew may be told by now.
        IReadOnlyList<IrType> again = builder.InferAgain(op);
        for (int i = 0; i < values.Count; i++)
        {
            if (!IrTypes.Same(values[i].Type, again[i], (was, now) => builder.Facts.Equal(was, now) == Proof.Proved || builder.IsDataDependent(was)))
            {
                throw Broken(place, op, $"result {i} has type {values[i].Type}, inference says {again[i]}.");
            }
        }
    }

    private static void RequireDistinct(IEnumerable<string> names, string what, string place)
    {
        HashSet<string> seen = [];
        foreach (string name in names)
        {
            if (!seen.Add(name))
            {
                throw new TesseraException("TSR0120", place, $"two {what}s are named '{name}'.");
            }
        }
    }

    private static TesseraException Broken(string place, Op op, string message) =>
        new("TSR0121", place, $"{op.Schema.Name}: {message}");
}
