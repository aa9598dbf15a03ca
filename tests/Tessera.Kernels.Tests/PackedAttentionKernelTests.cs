using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Tests;

public sealed class PackedAttentionKernelTests
{
    private const double F32 = 3e-6, F16 = 6e-4, BF16 = 5e-3;

    [Theory]
    [MemberData(nameof(Grid.Paths), MemberType = typeof(Grid))]
    public void Kernel_agrees_with_the_definition_in_f32(string name, string set) =>
        Agrees(Grid.Cases[name], Storage.F32, Enum.Parse<InstructionSet>(set), name == "sharp logits" ? 3e-5 : F32);

    [Theory]
    [MemberData(nameof(Grid.Paths), MemberType = typeof(Grid))]
    public void Kernel_agrees_with_the_definition_in_16_bits(string name, string set)
    {
        Agrees(Grid.Cases[name], Storage.F16, Enum.Parse<InstructionSet>(set), F16);
        Agrees(Grid.Cases[name], Storage.BF16, Enum.Parse<InstructionSet>(set), BF16);
    }

    [Fact]
    public void Kernel_agrees_on_every_small_shape()
    {
        Random random = new(7);
        for (int n = 0; n < 300; n++)
        {
            int keyHeads = random.Next(1, 3);
            AttentionCase c = new()
            {
                Queries = [random.Next(9), random.Next(70)],
                Keys = [random.Next(9), random.Next(110)],
                Seed = n + 1,
                Heads = keyHeads * random.Next(1, 3),
                KeyHeads = keyHeads,
                HeadDim = random.Next(1, 20),
                ValueDim = random.Next(1, 20),
                Causal = random.Next(3) == 0,
                WindowLeft = random.Next(-1, 20),
                WindowRight = random.Next(-1, 20),
                BiasRadius = random.Next(-1, 5),
                Norms = random.Next(2) == 0,
                Softcap = random.Next(2) * 3f,
            };
            Agrees(c, Storage.F32, InstructionSets.Best, F32);
        }
    }

    [Theory]
    [MemberData(nameof(Grid.Paths), MemberType = typeof(Grid))]
    public void Result_is_the_same_to_the_bit_for_any_number_of_threads(string name, string set)
    {
        AttentionCase c = Grid.Cases[name];
        var inputs = AttentionRunner.Inputs.Of(c, Storage.F32);
        float[] once = AttentionRunner.Run(c, inputs, Storage.F32, Enum.Parse<InstructionSet>(set));
        foreach (int threads in (int[])[1, 2, 5])
            Assert.Equal(Bits(once), Bits(AttentionRunner.Run(c, inputs, Storage.F32, Enum.Parse<InstructionSet>(set), threads)));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Neighbours_that_are_not_finite_change_nothing(float poison)
    {
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            foreach (bool causal in (bool[])[false, true])
            {
                AttentionCase c = new() { Queries = [20, 33, 70], HeadDim = 9, ValueDim = 9, Causal = causal, BiasRadius = 3 };
                var clean = AttentionRunner.Inputs.Of(c, Storage.F32);
                var dirty = AttentionRunner.Inputs.Of(c, Storage.F32);
                foreach (float[] x in (float[][])[dirty.Q, dirty.K, dirty.V])
                    x.AsSpan(20 * 2 * 9, 33 * 2 * 9).Fill(poison);
                float[] before = AttentionRunner.Run(c, clean, Storage.F32, set), after = AttentionRunner.Run(c, dirty, Storage.F32, set);
                Assert.Equal(Bits(before[..(20 * 18)]), Bits(after[..(20 * 18)]));
                Assert.Equal(Bits(before[(53 * 18)..]), Bits(after[(53 * 18)..]));
            }
        }
    }

    [Fact]
    public void Packing_changes_no_bit_of_a_segment()
    {
        AttentionCase c = new() { Queries = [20, 133, 70], HeadDim = 16, ValueDim = 16 };
        var inputs = AttentionRunner.Inputs.Of(c, Storage.F32);
        float[] packed = AttentionRunner.Run(c, inputs, Storage.F32, InstructionSets.Best);
        Range tokens = (20 * 32)..(153 * 32);
        AttentionRunner.Inputs one = new(inputs.Q[tokens], inputs.K[tokens], inputs.V[tokens], null, null, null);
        float[] alone = AttentionRunner.Run(c with { Queries = [133] }, one, Storage.F32, InstructionSets.Best);
        Assert.Equal(Bits(alone), Bits(packed[tokens]));
    }

    // Empty, single, short and long ones: how many heads and queries a thread takes at a time follows the length.
    [Theory]
    [InlineData(false, -1)]
    [InlineData(true, -1)]
    [InlineData(false, 40)]
    public void Every_segment_of_a_large_batch_is_what_it_is_alone_to_the_bit(bool causal, int window)
    {
        Random random = new(window + 5);
        int[] lengths = [.. Enumerable.Range(0, 2000).Select(i => i % 400 == 7 ? random.Next(100, 700) : random.Next(0, 12))];
        AttentionCase c = new() { Queries = lengths, Heads = 4, KeyHeads = 2, HeadDim = 16, ValueDim = 16, Causal = causal, WindowLeft = window, BiasRadius = 5 };
        foreach (Storage storage in (Storage[])[Storage.F32, Storage.F16])
        {
            var inputs = AttentionRunner.Inputs.Of(c, storage);
            float[] packed = AttentionRunner.Run(c, inputs, storage, InstructionSets.Best, threads: 2);
            foreach (int b in Enumerable.Range(0, 2000).Where(b => lengths[b] >= 100 || b % 37 == 0))
            {
                Range q = (c.CuQ[b] * 64)..(c.CuQ[b + 1] * 64), k = (c.CuK[b] * 32)..(c.CuK[b + 1] * 32);
                AttentionRunner.Inputs one = new(inputs.Q[q], inputs.K[k], inputs.V[k], inputs.Bias, null, null);
                Assert.Equal(Bits(AttentionRunner.Run(c with { Queries = [lengths[b]] }, one, storage, InstructionSets.Best)), Bits(packed[q]));
            }
        }
    }

    // In the middle of a block of queries, whatever its size: those before it in the block must not see it.
    private const int Inside = 133;

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_hidden_value_that_is_not_finite_does_not_reach_earlier_queries(float poison)
    {
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            AttentionCase c = new() { Queries = [150], HeadDim = 9, ValueDim = 9, Causal = true };
            var inputs = AttentionRunner.Inputs.Of(c, Storage.F32);
            float[] before = AttentionRunner.Run(c, inputs, Storage.F32, set);
            inputs.K.AsSpan(Inside * 18, 18).Fill(poison);
            inputs.V.AsSpan(Inside * 18, 18).Fill(poison);
            float[] after = AttentionRunner.Run(c, inputs, Storage.F32, set);
            double[] expected = [.. before[..(Inside * 18)].Select(x => (double)x)];
            Assert.InRange(Relative.Error(after[..(Inside * 18)], expected), 0, F32);
            Assert.All(after[(Inside * 18)..], x => Assert.False(float.IsFinite(x)));
        }
    }

    [Fact]
    public void A_hidden_value_that_is_not_finite_in_its_last_column_alone_is_seen_to()
    {
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            AttentionCase c = new() { Queries = [150], HeadDim = 9, ValueDim = 9, Causal = true };
            var inputs = AttentionRunner.Inputs.Of(c, Storage.F32);
            float[] before = AttentionRunner.Run(c, inputs, Storage.F32, set);
            inputs.V[(Inside * 18) + 8] = float.NaN;
            inputs.V[(Inside * 18) + 17] = float.NaN;
            float[] after = AttentionRunner.Run(c, inputs, Storage.F32, set);
            double[] expected = [.. before[..(Inside * 18)].Select(x => (double)x)];
            Assert.InRange(Relative.Error(after[..(Inside * 18)], expected), 0, F32);
        }
    }

    [Fact]
    public void A_hidden_value_that_is_not_finite_in_its_first_column_alone_is_seen_to()
    {
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            AttentionCase c = new() { Queries = [150], HeadDim = 9, ValueDim = 9, Causal = true };
            var inputs = AttentionRunner.Inputs.Of(c, Storage.F32);
            float[] before = AttentionRunner.Run(c, inputs, Storage.F32, set);
            inputs.V[Inside * 18] = float.NaN;
            inputs.V[(Inside * 18) + 9] = float.NaN;
            float[] after = AttentionRunner.Run(c, inputs, Storage.F32, set);
            double[] expected = [.. before[..(Inside * 18)].Select(x => (double)x)];
            Assert.InRange(Relative.Error(after[..(Inside * 18)], expected), 0, F32);
        }
    }

    // Keys are taken by twos of vectors: the odd one at the end counts for the largest logit as well, or its exponential times the value overflows.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(15)]
    [InlineData(31)]
    [InlineData(67)]
    public void A_last_key_far_above_the_others_takes_all_the_weight(int keys)
    {
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            AttentionCase c = new() { Queries = [5], Keys = [keys], Heads = 1, KeyHeads = 1 };
            var inputs = AttentionRunner.Inputs.Of(c, Storage.F32);
            // Its logit is 139; of 2^200, which it would be without that key in the maximum, no f32 is made.
            inputs.Q.AsSpan().Fill(7);
            inputs.K.AsSpan((keys - 1) * 8).Fill(7);
            inputs.V.AsSpan((keys - 1) * 8).Fill(1000);
            float[] output = AttentionRunner.Run(c, inputs, Storage.F32, set);
            double[] expected = [.. Enumerable.Range(0, 5).SelectMany(_ => inputs.V[((keys - 1) * 8)..].Select(x => (double)x))];
            Assert.InRange(Relative.Error(output, expected), 0, F32);
        }
    }

    [Fact]
    public void A_query_without_visible_keys_gives_zero()
    {
        AttentionCase c = new() { Queries = [200, 3], Keys = [20, 0], WindowLeft = 10, WindowRight = 0 };
        var inputs = AttentionRunner.Inputs.Of(c, Storage.F32);
        inputs.V.AsSpan().Fill(float.NaN);
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            float[] output = AttentionRunner.Run(c, inputs, Storage.F32, set);
            Assert.All(output[(30 * 16)..], x => Assert.Equal(0f, x));
            Assert.All(output[..(30 * 16)], x => Assert.True(float.IsNaN(x)));
        }
    }

    [Fact]
    public void A_query_whose_logits_are_all_minus_infinity_gives_nan()
    {
        AttentionCase c = new() { Queries = [20, 30], Heads = 1, KeyHeads = 1, BiasRadius = 40 };
        var inputs = AttentionRunner.Inputs.Of(c, Storage.F32);
        // Late queries see keys at these distances only, early ones others too.
        inputs.Bias.AsSpan(40 - 25, 30).Fill(float.NegativeInfinity);
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            double[] reference = inputs.Reference(c);
            float[] output = AttentionRunner.Run(c, inputs, Storage.F32, set);
            for (int i = 0; i < output.Length; i++)
                Assert.Equal(double.IsNaN(reference[i]), float.IsNaN(output[i]));
            Assert.True(float.IsNaN(output[45 * 8]));
            Assert.Contains(output, x => !float.IsNaN(x));
        }
    }

    [Fact]
    public void A_warm_kernel_allocates_nothing()
    {
        AttentionCase c = new() { Queries = [3, 150, 40], HeadDim = 20, ValueDim = 20, Causal = true, Softcap = 3, BiasRadius = 4, Norms = true };
        foreach (Storage storage in Enum.GetValues<Storage>())
        {
            long once = AttentionRunner.AllocatedBy(c, AttentionRunner.Inputs.Of(c, storage), storage, runs: 40);
            Assert.Equal(0, once);
        }
    }

    private static void Agrees(AttentionCase c, Storage storage, InstructionSet set, double tolerance)
    {
        var inputs = AttentionRunner.Inputs.Of(c, storage);
        double error = Relative.Error(AttentionRunner.Run(c, inputs, storage, set), inputs.Reference(c));
        Assert.True(error <= tolerance, $"{c} {storage} {set}: relative error {error:E2} > {tolerance:E2}");
    }

    private static int[] Bits(float[] x) => [.. x.Select(BitConverter.SingleToInt32Bits)];
}
