using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn;
using Tessera.Nn.Layers;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>The first promise: a batch, however laid out, gives each example what it gets alone. In float64, by the oracle.</summary>
public class BatchedEqualsAloneTests
{
    private static readonly (string Name, Func<Module> Make)[] s_models =
    [
        ("navit", static () => TestModels.NaViT()),
        ("navit fractional", static () => TestModels.NaViT(fractional: true)),
        ("navit sinusoidal stacked", static () => TestModels.NaViT(PositionKind.Sinusoidal, true, PositionCombine.Stack)),
        ("navit fourier product", static () => TestModels.NaViT(PositionKind.Fourier, true, PositionCombine.Product)),
        ("parallel blocks", static () => new ParallelBlocks()),
        ("cross encoder", static () => new CrossEncoder()),
        ("class token", static () => new ClassTokenModel()),
        ("embedding", static () => new EmbeddingModel()),
    ];

    public static TheoryData<string, Batching> Cases()
    {
        TheoryData<string, Batching> cases = [];
        foreach ((string name, _) in s_models)
        {
            cases.Add(name, Batching.Dense);
            cases.Add(name, Batching.Padded);
            cases.Add(name, Batching.Packed);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_example_gets_what_it_gets_alone(string name, Batching form)
    {
        CompiledModel model = ModelCompiler.Compile(s_models.First(m => m.Name == name).Make(), new CompileOptions { Batch = form, Seed = 3 });
        int[] lengths = form == Batching.Dense ? [5, 5, 5] : [4, 1, 7, 2];
        Dictionary<string, RefValue>[] examples =
        [
            .. lengths.Select((n, i) => BatchedForms.Example(model.Single, new Dictionary<string, long> { ["n"] = n, ["m"] = form == Batching.Dense ? 4 : lengths[^(i + 1)] }, i)),
        ];
        RefTensor[][] alone = [.. examples.Select(e => Evaluator.Run(model.Single, e).Cast<RefTensor>().ToArray())];
        IReadOnlyList<RefValue> batched = Evaluator.Run(model.Graph, BatchedForms.Batch(model.Single, form, examples));
        for (int output = 0; output < model.Single.Outputs.Count; output++)
        {
            RefTensor[] parts = [.. alone.Select(a => a[output])];
            bool ragged = model.Single.Outputs[output].Value.Shape.Any(d => d.Symbols.Any(model.Single.Ragged.Contains));
            int at = model.Graph.Outputs.ToList().FindIndex(o => o.Name == model.Single.Outputs[output].Name);
            for (int i = 0; i < examples.Length; i++)
            {
                double[] got = BatchedForms.Part((RefTensor)batched[at], parts, i, form, ragged);
                Assert.All(parts[i].F.Zip(got), p => Assert.Equal(p.First, p.Second, 1e-9));
            }
        }
    }
}
