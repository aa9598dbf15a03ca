using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Ir.Text;
using Tessera.Passes.Fusion;
using Tessera.Passes.Replay;
using Xunit;

namespace Tessera.Passes.Tests.Experts;

/// <summary>A routing that is taken for another is found out when its site is replayed; two that are one and the same are not.</summary>
public class WrongRoutingTests
{
    private const string Renormalised = "%p = softmax %logits\n%tv, %ids = top_k %p {k = 2}\n%sum = reduce_sum %tv {axes = [-1], keep_dims = true}\n%w = div %tv, %sum";
    private const string Plain = "%p = softmax %logits\n%w, %ids = top_k %p {k = 2}";
    private const string Sigmoid = "%p = sigmoid %logits\n%w, %ids = top_k %p {k = 2}";
    private const string All = "%p = softmax %logits\n%tv, %ids = top_k %p {k = 4}\n%sum = reduce_sum %tv {axes = [-1], keep_dims = true}\n%w = div %tv, %sum";
    private const string Biased = """
        %p = sigmoid %logits
        %sb = parameter {path = "bias", type = f32[4]}
        %keys = add %p, %sb
        %kv, %ids = top_k %keys {k = 2}
        %tv = gather_elements %p, %ids {axis = 1}
        %by = constant {value = f32[] {2.5}}
        %w = mul %tv, %by
        """;

    private const string Grouped = """
        %keys = softmax %logits
        %cut = reshape %keys {shape = [t, 2, 2]}
        %gs = reduce_max %cut {axes = [-1]}
        %gv, %best = top_k %gs {k = 1}
        %pair = constant {value = f32[2] {0, 1}}
        %hot = one_hot %best, %pair {depth = 2}
        %mark = reduce_sum %hot {axes = [-2]}
        %col = reshape %mark {shape = [t, 2, 1]}
        %rep = expand %col {shape = [t, 2, 2]}
        %flat = reshape %rep {shape = [t, 4]}
        %masked = mul %keys, %flat
        %w, %ids = top_k %masked {k = 2}
        """;

    // The greatest of a group and the sum of its two greatest mostly choose the same.
    private static readonly ReplayOptions s_replay = ReplayOptions.Default with { Cases = 32 };

    public static TheoryData<string, string> Wrong => new()
    {
        { "scored last", Plain },
        { "not renormalised", Renormalised },
        { "renormalised", Plain },
        { "renormalised", Sigmoid },
        { "sigmoid", Plain },
        { "softmax", Sigmoid },
        { "without bias", Biased },
        { "not scaled", Biased },
        { "of all groups", Grouped },
        { "groups by two", Grouped },
        { "experts permuted", Plain },
        { "experts permuted", Biased },
        { "logits permuted", Plain },
        { "one fewer", Plain },
        { "with a capacity", Plain },
    };

    public static TheoryData<string, string> Same => new()
    {
        { "as it is", Plain },
        { "as it is", Renormalised },
        { "as it is", Sigmoid },
        { "as it is", Biased },
        { "as it is", Grouped },
        { "scored last, not renormalised", Renormalised },
        { "not renormalised", All },
        { "with room for all", Plain },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Replay_tells_what_is_wrong(string change, string router) => Assert.NotNull(Replayed(change, router).Difference);

    [Theory]
    [MemberData(nameof(Same))]
    public void Replay_holds_of_what_is_the_same(string change, string router)
    {
        SiteReport report = Replayed(change, router);
        Assert.True(report.Holds, report.ToString());
    }

    private static SiteReport Replayed(string change, string router)
    {
        int experts = 4;
        string weights = string.Join('\n', Enumerable.Range(0, experts).Select(static e =>
            $"%a{e} = parameter {{path = \"e{e}.w1\", type = f32[4, 3]}}\n%b{e} = parameter {{path = \"e{e}.w2\", type = f32[3, 4]}}"));
        string tail = string.Join(", ", Enumerable.Range(0, experts).Select(static e => $"%a{e}, %b{e}"));
        Graph graph = Parser.Parse(
            $"graph \"g\" {{\ninput %x: f32[t, 4]\ninput %logits: f32[t, 4]\n{router}\n{weights}\n%y = grouped_mlp %x, %ids, %w, {tail} {{expert_count = {experts}, activation = relu}}\noutput \"y\" = %y\n}}", "test");
        PassContext context = new(new PassOptions { RecordRewrites = true });
        new RewritePass(new Changed(change)).Run(graph, context);
        return Assert.Single(SiteReplay.VerifyRewrites(graph, context.Rewrites, s_replay));
    }

    /// <summary>The law, and then something else than what it found.</summary>
    private sealed class Changed(string change) : RewriteRule<GroupedMlp>
    {
        public override Value? Apply(GroupedMlp op, RewriteContext context)
        {
            if (op.Experts.Producer is Route || new FuseRoute().Apply(op, context) is not { Op: GroupedMlp { Experts.Producer: Route route } fused })
            {
                return null;
            }

            Route other = change switch
            {
                "scored last" => route with { SelectFirst = true },
                "scored last, not renormalised" => route with { SelectFirst = true, Renormalize = false },
                "not renormalised" => route with { Renormalize = false },
                "renormalised" => route with { Renormalize = true },
                "sigmoid" => route with { Scoring = RouteScoring.Sigmoid },
                "softmax" => route with { Scoring = RouteScoring.Softmax },
                "without bias" => route with { SelectionBias = null },
                "not scaled" => route with { Scale = 1 },
                "of all groups" => route with { GroupCount = 0, TopGroups = 0 },
                "groups by two" => route with { GroupScore = GroupScore.SumOfTwo },
                "logits permuted" => route with { Logits = context.Emit(new Gather(route.Logits, context.Builder.Ints(1, 0, 3, 2)) { Axis = 1 }) },
                "one fewer" => route with { K = route.K - 1 },
                "with a capacity" => route with { CapacityFactor = 1 },
                "with room for all" => route with { CapacityFactor = 2 },
                _ => route,
            };
            IReadOnlyList<Value> routed = context.EmitAll(other);
            EquatableArray<Value> tail = change == "experts permuted" ? [.. fused.Tail.Skip(2), .. fused.Tail.Take(2)] : fused.Tail;
            return context.Emit(fused with { Weights = routed[0], Experts = routed[1], Tail = tail });
        }
    }
}
