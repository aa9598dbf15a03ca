using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Ir.Tests.Core;

public class VerifierTests
{
    [Fact]
    public void Two_outputs_of_one_name_are_refused()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Broken("TSR0120", "two outputs are named 'y'", new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", x), new("y", g.Gelu(x))] });
    }

    [Fact]
    public void Two_inputs_of_one_name_are_refused()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Value other = g.In("x", "f32[n, 2]");
        Broken("TSR0120", "two inputs are named 'x'", new() { Name = "g", Builder = g, Inputs = [x, other], Outputs = [new("y", x)] });
    }

    [Fact]
    public void An_input_that_is_not_declared_is_refused()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Broken("TSR0121", "input 'z' is used but not declared", new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", g.Add(x, g.In("z", "f32[n]")))] });
    }

    [Fact]
    public void Values_of_another_builder_are_refused()
    {
        GraphBuilder g = new();
        Value x = new GraphBuilder().In("x", "f32[n]");
        Broken("TSR0121", "belongs to another builder", new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", x.Producer.Outputs[0]), new("z", Other(x))] });
    }

    private static Value Other(Value x) => new GraphBuilder().Emit(new Gelu(x));

    private static void Broken(string code, string reason, Graph graph)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Verifier.Verify(graph));
        Assert.Equal(code, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
