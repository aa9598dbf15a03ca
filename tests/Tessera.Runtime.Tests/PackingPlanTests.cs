using Xunit;

namespace Tessera.Runtime.Tests;

public sealed class PackingPlanTests
{
    [Fact]
    public void First_fit_takes_the_first_batch_with_room()
    {
        var plan = PackingPlan.FirstFit([6, 5, 4, 2, 3, 10], 10);

        Assert.Equal([[0, 2], [1, 3, 4], [5]], plan.Batches);
        Assert.Equal(30, plan.Tokens);
        Assert.Equal(2 * 6 + 3 * 5 + 10, plan.PaddedTokens);
        Assert.Equal(7, plan.PaddingAvoided);
        Assert.Equal(1.0, plan.Fill);
        Assert.Equal("3 batches of ≤ 10 tokens: 30 tokens, 7 of padding avoided", plan.ToString());
    }

    [Fact]
    public void Longest_first_needs_fewer_batches_and_keeps_the_order_within_one()
    {
        int[] lengths = [3, 3, 7, 7, 6, 4];

        Assert.Equal(4, PackingPlan.FirstFit(lengths, 10).Batches.Count);
        Assert.Equal([[0, 2], [1, 3], [4, 5]], PackingPlan.FirstFit(lengths, 10, PackingOrder.LongestFirst).Batches);
    }

    [Fact]
    public void Example_over_the_budget_is_named()
        => Fails.With("TSR0733", () => PackingPlan.FirstFit([1, 11], 10), "example 1", "11 tokens", "budget is 10");

    [Fact]
    public void Bad_lengths_and_budgets_are_refused()
    {
        Fails.With("TSR0734", () => PackingPlan.FirstFit([1, -1], 10), "example 1", "-1");
        Assert.Throws<ArgumentOutOfRangeException>(() => PackingPlan.FirstFit([1], 0));
    }

    [Fact]
    public void No_examples_need_no_batch()
    {
        var plan = PackingPlan.FirstFit([], 10);

        Assert.Empty(plan.Batches);
        Assert.Equal(1.0, plan.Fill);
    }

    [Fact]
    public void Plan_is_the_plain_first_fit_for_any_lengths()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var lengths = new int[random.Next(40)];
            for (var i = 0; i < lengths.Length; i++)
                lengths[i] = random.Next(21);
            var budget = random.Next(20, 50);
            var order = round % 2 == 0 ? PackingOrder.AsGiven : PackingOrder.LongestFirst;
            var plan = PackingPlan.FirstFit(lengths, budget, order);

            Assert.Equal(Plain(lengths, budget, order), plan.Batches);
            Assert.Equal(Enumerable.Range(0, lengths.Length), plan.Batches.SelectMany(batch => batch).Order());
        }
    }

    private static List<List<int>> Plain(int[] lengths, int budget, PackingOrder order)
    {
        IEnumerable<int> examples = Enumerable.Range(0, lengths.Length);
        if (order == PackingOrder.LongestFirst)
            examples = examples.OrderByDescending(example => lengths[example]);
        var batches = new List<List<int>>();
        foreach (var example in examples)
        {
            if (batches.Find(candidate => candidate.Sum(i => lengths[i]) + lengths[example] <= budget) is { } batch)
                batch.Add(example);
            else
                batches.Add([example]);
        }
        batches.ForEach(batch => batch.Sort());
        return batches;
    }
}
