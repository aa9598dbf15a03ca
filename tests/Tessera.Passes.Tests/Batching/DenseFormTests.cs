using Tessera.Ir;
using Tessera.Ir.Batching;
using Xunit;

namespace Tessera.Passes.Tests.Batching;

/// <summary>Every op has a dense form, or a reason of its own why it has none.</summary>
public class DenseFormTests
{
    private const string Steered = "integers that only a run computes steer it";
    private const string NoSequence = "a sequence has no batched form";
    private const string NoOptional = "an optional value has no batched form";
    private const string Drawn = "depends on an element's place among all";
    private const string Packed = "it belongs to a packed batch already";

    private static readonly Dictionary<string, string> s_refused = new()
    {
        ["nonzero"] = "how many elements it finds differs by example",
        ["unique"] = "how many slices differ",
        ["non_max_suppression"] = "how many boxes it keeps differs by example",
        ["bernoulli"] = Drawn,
        ["random_like"] = Drawn,
        ["packed_attention"] = Packed,
        ["segment_expand"] = Packed,
        ["segment_reduce"] = Packed,
        ["segment_softmax"] = Packed,
        ["dynamic_constant_of_shape"] = Steered,
        ["dynamic_cum_prod"] = Steered,
        ["dynamic_cum_sum"] = Steered,
        ["dynamic_dft"] = Steered,
        ["dynamic_expand"] = Steered,
        ["dynamic_one_hot"] = Steered,
        ["dynamic_pad"] = Steered,
        ["dynamic_reduce"] = Steered,
        ["dynamic_reshape"] = Steered,
        ["dynamic_slice"] = Steered,
        ["dynamic_split"] = Steered,
        ["dynamic_squeeze"] = Steered,
        ["dynamic_tile"] = Steered,
        ["dynamic_top_k"] = Steered,
        ["dynamic_trilu"] = Steered,
        ["dynamic_unsqueeze"] = Steered,
        ["concat_from_sequence"] = NoSequence,
        ["optional_get_element"] = NoOptional,
        ["optional_has_element"] = NoOptional,
        ["optional_of"] = NoOptional,
        ["sequence_at"] = NoSequence,
        ["sequence_construct"] = NoSequence,
        ["sequence_empty"] = NoSequence,
        ["sequence_erase"] = NoSequence,
        ["sequence_insert"] = NoSequence,
        ["sequence_length"] = NoSequence,
        ["sequence_map"] = NoSequence,
        ["split_to_sequence"] = NoSequence,
    };

    // Ops whose samples have no tensor that could differ by example.
    private static readonly string[] s_untried =
    [
        "constant", "image_decoder", "mel_weight_matrix", "opaque", "random_fill", "regex_full_match", "string_concat", "string_normalizer", "string_split",
        "window_function",
    ];

    public static TheoryData<string> Ops => [.. OpRegistry.All.Where(static s => s.Samples is not null).Select(static s => s.Name)];

    [Theory]
    [MemberData(nameof(Ops))]
    public void An_op_has_a_dense_form_or_says_why_not(string op)
    {
        (bool any, List<string> refusals) = Outcomes(op);
        if (s_untried.Contains(op))
        {
            Assert.False(any || refusals.Count > 0, "it has samples that can be batched");
        }
        else if (s_refused.TryGetValue(op, out string? reason))
        {
            Assert.False(any, "it has a dense form");
            Assert.NotEmpty(refusals);
            Assert.All(refusals, r => Assert.Contains(reason, r, StringComparison.Ordinal));
        }
        else
        {
            Assert.True(any, $"no sample of it has a dense form: {string.Join(" | ", refusals)}");
        }

        Assert.All(refusals, r => Assert.Contains(s_refused.Keys.Append(op), name => r.Contains($": {name} cannot be batched (Dense): ", StringComparison.Ordinal)));
        Assert.All(refusals, static r => Assert.DoesNotContain("it has no batched form", r, StringComparison.Ordinal));
    }

    [Fact]
    public void Reasons_are_those_of_ops_there_are() =>
        Assert.All(s_refused.Keys.Concat(s_untried), static name => Assert.NotNull(OpRegistry.Find(name)));

    private static (bool Any, List<string> Refusals) Outcomes(string op)
    {
        bool any = false;
        List<string> refusals = [];
        foreach (OpSample sample in OpRegistry.Find(op)!.Samples!())
        {
            foreach (Sharing shared in Enum.GetValues<Sharing>())
            {
                SampleBatch batch = new(sample, BatchMode.Dense, shared) { Lengths = [3, 3] };
                if (!batch.Applies)
                {
                    continue;
                }

                try
                {
                    any |= batch.Batch().Outputs.Count > 0;
                }
                catch (TesseraException refusal) when (refusal.Code == "TSR0401")
                {
                    refusals.Add(refusal.Message);
                }
                catch (TesseraException refusal) when (refusal.Code == "TSR0525")
                {
                    Assert.Contains(op, s_refused.Keys);
                }
            }
        }

        return (any, refusals);
    }
}
