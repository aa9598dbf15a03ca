using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>The first promise: a batch, however laid out, gives each example what it gets alone. In float64, by the oracle.</summary>
public class BatchedEqualsAloneTests
{
    public static TheoryData<string, Batching> Cases()
    {
        TheoryData<string, Batching> cases = [];
        foreach (string name in TestModels.Names)
        {
            cases.Add(name, Batching.Dense);
            cases.Add(name, Batching.Padded);
            cases.Add(name, Batching.Packed);
        }

        foreach (string name in TestModels.PositionNames)
        {
            cases.Add(name, Batching.Packed);
        }

        foreach (string name in ExpertModels.Unbounded.Concat(ExpertModels.Bounded))
        {
            cases.Add(name, Batching.Dense);
            cases.Add(name, Batching.Packed);
            if (ExpertModels.Unbounded.Contains(name))
            {
                cases.Add(name, Batching.Padded);
            }
        }

        return cases;
    }

    // 64 learned positions, one of them for the class token.
    [Fact]
    public void A_bound_on_each_length_is_one_on_their_sum()
    {
        CompiledModel model = ModelCompiler.Compile(TestModels.Make("class token"), new CompileOptions { Batch = Batching.Packed, Seed = 3 });
        Assert.Contains("64 >= n + 1", model.Single.Constraints.Select(static c => c.ToString()));
        Assert.Contains(model.Graph.Constraints, static c => c.ToString().StartsWith("63*batch >= ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_example_gets_what_it_gets_alone(string name, Batching form)
    {
        Module module = TestModels.Names.Concat(TestModels.PositionNames).Contains(name) ? TestModels.Make(name) : ExpertModels.Make(name);
        CompiledModel model = ModelCompiler.Compile(module, new CompileOptions { Batch = form, Seed = 3 });
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
