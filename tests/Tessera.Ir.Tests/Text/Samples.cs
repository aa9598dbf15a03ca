namespace Tessera.Ir.Tests.Text;

/// <summary>Samples of ops as whole graphs.</summary>
internal static class Samples
{
    public static Graph Graph(OpSample sample)
    {
        GraphBuilder builder = new();
        IReadOnlyList<Value> results = sample.Build(builder);
        return new Graph
        {
            Name = sample.Name,
            Builder = builder,
            Inputs = [.. GraphWalk.PostOrder(results).OfType<Ir.Ops.Input>().Select(static i => i.Outputs[0])],
            Outputs = [.. results.Select(static (v, i) => new GraphOutput($"y{i}", v))],
        };
    }
}
