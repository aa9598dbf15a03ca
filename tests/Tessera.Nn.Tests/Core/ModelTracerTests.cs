using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Nn.Layers;
using Tessera.Nn.Models;
using Xunit;

namespace Tessera.Nn.Tests.Core;

public class ModelTracerTests
{
    private sealed class Holder(params Module?[] modules) : Module
    {
        public object? Held { get; set; } = modules;

        public override IEnumerable<ModuleMember> Members => [new("held", Held)];

        public override string ToString() => Describe("Holder");
    }

    [Fact]
    public void Module_within_itself_is_named()
    {
        Holder outer = new();
        outer.Held = new Holder { Held = outer };
        TesseraException error = Assert.Throws<TesseraException>(() => ModuleTree.Modules(outer).Count());
        Assert.Equal(("TSR0623", "held.held"), (error.Code, error.Place));
    }

    [Fact]
    public void Text_of_a_module_ends_even_within_itself()
    {
        Holder outer = new();
        outer.Held = new Holder { Held = outer };
        Assert.Equal("Holder\n  (held): Holder\n  and so on: a module is within itself, or missing", outer.ToString());
        Assert.Contains("(held.1): null", new Holder(new Linear(1, 1), null).ToString(), StringComparison.Ordinal);
        Assert.StartsWith("Holder\n  (held.0): Holder\n    (held.0): Linear", new Holder(new Holder(new Linear(1, 1))).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void List_that_holds_null_is_named() =>
        Assert.Equal("TSR0623", Assert.Throws<TesseraException>(() => ModuleTree.Modules(new Holder(new Linear(1, 1), null)).Count()).Code);

    [Theory]
    [InlineData(4, null)]
    [InlineData(5, "output 'wide' is f32[n, 4], and is declared as f32[n, 5]")]
    public void Declared_outputs_are_held_against_the_trace(int declared, string? what)
    {
        Telling model = new(declared);
        Assert.Equal([new OutputDeclaration("wide", $"f32[n, {declared}]")], model.Signature!.DeclaredOutputs);
        if (what is null)
        {
            Assert.Equal(DType.F16, ModelTracer.Trace(model, DType.F16).Outputs[0].Value.DType);
            return;
        }

        TesseraException error = Assert.Throws<TesseraException>(() => ModelTracer.Trace(model));
        Assert.Equal("TSR0626", error.Code);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains("ModelTracerTests.cs:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_module_becomes_a_graph_of_one_example()
    {
        Graph graph = ModelTracer.Trace(new Tiny(4));
        Verifier.Verify(graph);
        Assert.Equal(
            """
            graph "Tiny" {
              input %x: f32[n, 4]
              ragged n
              %0: f32[8, 4] = parameter {path = "mlp.fc1.weight", type = f32[8, 4]}
              %1: f32[4, 8] = transpose %0 {perm = [1, 0]}
              %2: f32[n, 8] = matmul %x, %1
              %3: f32[8] = parameter {path = "mlp.fc1.bias", type = f32[8]}
              %4: f32[n, 8] = add %2, %3
              %5: f32[n, 8] = gelu %4
              %6: f32[4, 8] = parameter {path = "mlp.fc2.weight", type = f32[4, 8]}
              %7: f32[8, 4] = transpose %6 {perm = [1, 0]}
              %8: f32[n, 4] = matmul %5, %7
              %9: f32[4] = parameter {path = "mlp.fc2.bias", type = f32[4]}
              %10: f32[n, 4] = add %8, %9
              output "output" = %10
            }

            """,
            Printer.Print(graph));
    }

    [Fact]
    public void A_result_that_is_null_is_no_output()
    {
        NaViTConfig config = new(8, 1, 2, 8, 2);
        Assert.Equal(["embedding"], Outputs(config));
        Assert.Equal(["embedding", "logits"], Outputs(config with { Classes = 3 }));

        static IEnumerable<string> Outputs(NaViTConfig config) => ModelTracer.Trace(new NaViT(config)).Outputs.Select(static o => o.Name);
    }

    [Fact]
    public void Shape_error_names_the_line_of_the_model()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => ModelTracer.Trace(new Wrong()));
        Assert.Matches(@"^TSR0203 first \(ModelTracerTests.cs:\d+\): matmul: inner sizes differ: 4 ≠ 5", error.Message);
    }
}

[Module]
[Ragged("n")]
public sealed partial class Tiny(int dim)
{
    public int Dim { get; } = dim;

    public Mlp Mlp { get; } = new(dim, 2 * dim);

    public Tiny()
        : this(4)
    {
    }

    public Tensor Forward([Input("f32[n, {Dim}]")] Tensor x) => x.Apply(Mlp);
}

[Module]
public sealed partial class Wrong
{
    public Linear First { get; } = new(5, 3);

    public Tensor Forward([Input("f32[n, 4]")] Tensor x) => x.Apply(First);
}

[Module]
public sealed partial class Telling(int declared)
{
    public int Declared { get; } = declared;

    public Telling()
        : this(4)
    {
    }

    [return: Output("f32[n, {Declared}]", "Wide")]
    public (Tensor Wide, Tensor Ids) Forward([Input("f32[n, 4]")] Tensor x) => (x + x, x.To(DType.I64));
}
