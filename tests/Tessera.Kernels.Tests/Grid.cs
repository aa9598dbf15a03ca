namespace Tessera.Kernels.Tests;

/// <summary>The cases that every path of the attention kernel must agree on with the reference.</summary>
public static partial class Grid
{
    /// <summary>Named, so that a failure says what broke.</summary>
    public static IReadOnlyDictionary<string, AttentionCase> Cases { get; } = new Dictionary<string, AttentionCase>
    {
        ["one token"] = new() { Queries = [1] },
        ["lengths"] = new() { Queries = [0, 1, 2, 17, 129, 0, 300, 5] },
        ["no segments"] = new() { Queries = [] },
        ["no tokens"] = new() { Queries = [0, 0] },
        ["head dim 64"] = new() { Queries = [64, 33, 197], HeadDim = 64, ValueDim = 64 },
        ["head dim 1"] = new() { Queries = [3, 70], HeadDim = 1, ValueDim = 1 },
        ["odd head dims"] = new() { Queries = [9, 40], HeadDim = 5, ValueDim = 7 },
        ["value dim larger"] = new() { Queries = [31, 100], HeadDim = 13, ValueDim = 67 },
        ["head dim 128"] = new() { Queries = [97, 96, 95], HeadDim = 128, ValueDim = 72, Heads = 1, KeyHeads = 1 },
        ["value dims 2 3 8 9"] = new() { Queries = [20], HeadDim = 8, ValueDim = 9 },
        ["head dim 256"] = new() { Queries = [30, 270], HeadDim = 256, ValueDim = 256, Heads = 1, KeyHeads = 1 },
        ["keys packed in several parts"] = new() { Queries = [530, 3], HeadDim = 128, ValueDim = 136, Heads = 1, KeyHeads = 1 },
        ["keys packed in several parts, causal window"] = new()
        {
            Queries = [520],
            HeadDim = 128,
            ValueDim = 128,
            Heads = 3,
            KeyHeads = 1,
            Causal = true,
            WindowLeft = 300,
        },
        ["grouped heads"] = new() { Queries = [10, 66], Heads = 6, KeyHeads = 2 },
        ["one key head"] = new() { Queries = [10, 66], Heads = 3, KeyHeads = 1 },
        ["cross"] = new() { Queries = [5, 70, 1], Keys = [200, 3, 98] },
        ["cross with empty sides"] = new() { Queries = [5, 0, 7, 130], Keys = [0, 9, 100, 0] },
        ["causal"] = new() { Queries = [1, 2, 17, 129, 300], Causal = true },
        ["causal, more queries than keys"] = new() { Queries = [150, 10], Keys = [7, 120], Causal = true },
        ["window"] = new() { Queries = [17, 300], WindowLeft = 3, WindowRight = 5 },
        ["window left only"] = new() { Queries = [17, 300], WindowLeft = 100 },
        ["window right only"] = new() { Queries = [17, 300], WindowRight = 0 },
        ["window beyond the keys"] = new() { Queries = [200], Keys = [20], WindowLeft = 10, WindowRight = 0 },
        ["causal window"] = new() { Queries = [250], Causal = true, WindowLeft = 31, WindowRight = 9 },
        ["self only"] = new() { Queries = [70], WindowLeft = 0, WindowRight = 0 },
        ["softcap"] = new() { Queries = [40, 100], Softcap = 2, Spread = 3, Scale = 1 },
        ["bias"] = new() { Queries = [40, 210], BiasRadius = 16 },
        ["bias of one"] = new() { Queries = [33], BiasRadius = 0 },
        ["bias, cross, causal"] = new() { Queries = [40, 110], Keys = [100, 111], BiasRadius = 60, Causal = true },
        ["norms"] = new() { Queries = [30, 101], Norms = true, HeadDim = 20, Spread = 4 },
        ["all together"] = new()
        {
            Queries = [0, 30, 140],
            Keys = [4, 44, 130],
            Heads = 4,
            KeyHeads = 2,
            HeadDim = 24,
            ValueDim = 40,
            Scale = 0.7f,
            Causal = true,
            WindowLeft = 50,
            Softcap = 5,
            BiasRadius = 9,
            Norms = true,
        },
        ["scale"] = new() { Queries = [55], Scale = -3.5f },
        ["sharp logits"] = new() { Queries = [128, 20], Spread = 6, Scale = 1 },
    };
}
