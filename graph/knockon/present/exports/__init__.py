"""Write a graph in the formats of other programs: FollowTheMoney, BODS, GraphML, BloodHound OpenGraph, tables of links."""
