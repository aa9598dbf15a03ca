using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Runtime;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>What a layer requires of one example's sizes is required of each example of a batch, with an error that names it.</summary>
public class SizeRulesTests
{
    // 64 learned positions, one of which the class token takes.
    [Theory]
    [InlineData(Batching.Single)]
    [InlineData(Batching.Dense)]
    [InlineData(Batching.Padded)]
    [InlineData(Batching.Packed)]
    public void More_tokens_than_positions_are_refused_before_the_run(Batching form)
    {
        CompiledModel model = ModelCompiler.Compile(new ClassTokenModel(), new CompileOptions { Batch = form, Seed = 3 });
        using ModelSession session = model.OpenSession();
        int other = form == Batching.Dense ? 63 : 5;
        using (RunResult fits = session.Run(Inputs(model.Single, form, other, 63)))
        {
            Assert.Equal(model.Graph.Outputs.Count, fits.Count);
        }

        int longer = form == Batching.Dense ? 64 : 5;
        TesseraRuntimeException error = Assert.Throws<TesseraRuntimeException>(() => session.Run(Inputs(model.Single, form, longer, 64)));
        Assert.Equal("TSR0729", error.Code);
        Assert.Contains("n = 64", error.Message, StringComparison.Ordinal);
    }

    private static TensorInput[] Inputs(Graph single, Batching form, params int[] lengths)
    {
        Dictionary<string, RefValue>[] examples = Examples.Draw(single, lengths);
        return [.. (form == Batching.Single ? examples[^1] : BatchedForms.Batch(single, form, examples)).Select(static i => OrtTensors.Input(i.Key, (RefTensor)i.Value))];
    }
}
