package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// position is a place in a file as LSP has it. Host files are ASCII.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// host is a file that uses a documented library, as a developer would write it.
type host struct {
	name     string // app_1k.py
	language string
	text     string
	lines    int
	uses     []position // on the last member of a documented call
	edits    []position // ends of lines where a digit can be typed
}

// hostFile writes a file of about so many lines. The same arguments give the
// same file.
func hostFile(language string, lines int) host {
	h := host{language: language}
	w := &writer{random: rand.New(rand.NewPCG(1, uint64(lines)))}
	form := pythonForm
	h.name = fmt.Sprintf("app_%dk.py", lines/1000)
	if language == "typescript" {
		form = typescriptForm
		h.name = fmt.Sprintf("app_%dk.ts", lines/1000)
	}
	w.add(form.head)
	for n := 1; len(w.lines) < lines; n++ {
		w.name = n
		w.add(form.parts[w.random.IntN(len(form.parts))])
	}
	h.text = strings.Join(w.lines, "\n") + "\n"
	h.lines = len(w.lines)

	var limits []position
	for i, l := range w.lines {
		if at := strings.Index(l, form.use); at >= 0 {
			h.uses = append(h.uses, position{i, at + len(form.use) - 2})
		}
		if strings.Contains(l, "limit = ") && !strings.HasSuffix(l, ";") {
			limits = append(limits, position{i, len(l)})
		}
	}
	for _, part := range []int{1, 5, 9} {
		h.edits = append(h.edits, limits[len(limits)*part/10])
	}
	return h
}

type writer struct {
	random *rand.Rand
	lines  []string
	name   int
}

// add appends a part of code, with N as a number that no other part has and
// R as a random one.
func (w *writer) add(part string) {
	for l := range strings.Lines(strings.TrimPrefix(part, "\n")) {
		l = strings.ReplaceAll(strings.TrimSuffix(l, "\n"), "§N", fmt.Sprint(w.name))
		for strings.Contains(l, "§R") {
			l = strings.Replace(l, "§R", fmt.Sprint(w.random.IntN(900)+10), 1)
		}
		w.lines = append(w.lines, l)
	}
}

type form struct {
	use   string // a documented call; a hover asks within its last member
	head  string
	parts []string
}

var pythonForm = form{
	use: "client.magic_links.email.login_or_create",
	head: `
"""Accounts: invitations, sessions and reports."""

from __future__ import annotations

import json
import logging
import os
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Iterable

import stytch

logger = logging.getLogger(__name__)

client = stytch.Client(
    project_id=os.environ["STYTCH_PROJECT_ID"],
    secret=os.environ["STYTCH_SECRET"],
)

`,
	parts: []string{`
def invite_§N(addresses: Iterable[str], campaign: str = "spring-§R") -> dict[str, Any]:
    """Sends a magic link to each address, and tells who was new."""
    limit = §R
    created: dict[str, Any] = {}
    for index, address in enumerate(addresses):
        if index >= limit:
            logger.warning("more than %d addresses in %s", limit, campaign)
            break
        try:
            sent = client.magic_links.email.login_or_create(
                email=address.strip().lower(),
                login_magic_link_url="https://example.com/login?campaign=§R",
                login_expiration_minutes=§R,
            )
        except ValueError as error:
            logger.error("could not invite %s: %s", address, error)
            continue
        created[address] = {"user": sent.user_id, "new": sent.user_created}
    return created


`, `
@dataclass
class Report§N:
    """What a team did in a week."""

    team: str
    week: int = §R
    rows: list[dict[str, float]] = field(default_factory=list)

    def total(self) -> float:
        return sum(row.get("amount", 0.0) * §R for row in self.rows if row)

    def by_owner(self) -> dict[str, list[float]]:
        owners: dict[str, list[float]] = defaultdict(list)
        for row in self.rows:
            limit = §R
            if row["amount"] > limit:
                owners[str(row["owner"])].append(round(row["amount"] / limit, 2))
        return {owner: sorted(amounts) for owner, amounts in owners.items()}

    def share(self, address: str) -> str:
        link = client.magic_links.email.login_or_create(email=address)
        logger.info("report %s of week %d goes to %s", self.team, self.week, link.user_id)
        return json.dumps({"team": self.team, "total": self.total(), "user": link.user_id})


`, `
class Session§N:
    def __init__(self, token: str, minutes: int = §R) -> None:
        self.token = token
        self.minutes = minutes

    def check(self) -> bool:
        limit = §R
        answer = client.sessions.authenticate(session_token=self.token, session_duration_minutes=self.minutes)
        if answer.status_code != 200 or self.minutes > limit:
            return False
        return bool(answer.session and answer.user.emails[0].verified)

    async def renew(self, addresses: list[str]) -> list[str]:
        links = [client.magic_links.email.login_or_create(email=a) for a in addresses if "@" in a]
        matched = {link.user_id: index for index, link in enumerate(links)}
        return [f"{user}:{index + §R}" for user, index in matched.items()]


`},
}

var typescriptForm = form{
	use: "client.magicLinks.email.loginOrCreate",
	head: `
// Accounts: invitations, sessions and reports.
import { readFile } from "node:fs/promises";
import * as stytch from "stytch";

export interface Row {
  owner: string;
  amount: number;
  tags?: readonly string[];
}

const client = new stytch.Client({
  project_id: process.env.STYTCH_PROJECT_ID!,
  secret: process.env.STYTCH_SECRET!,
});

`,
	parts: []string{`
export async function invite§N(addresses: Iterable<string>, campaign = "spring-§R"): Promise<Map<string, string>> {
  const created = new Map<string, string>();
  let left: number
  const limit = §R
  left = limit;
  for (const address of addresses) {
    if (left-- <= 0) {
      console.warn(` + "`more than ${limit} addresses in ${campaign}`" + `);
      break;
    }
    try {
      const sent = await client.magicLinks.email.loginOrCreate({
        email: address.trim().toLowerCase(),
        login_magic_link_url: "https://example.com/login?campaign=§R",
        login_expiration_minutes: §R,
      });
      created.set(address, sent.user_id);
    } catch (error) {
      console.error("could not invite", address, error instanceof Error ? error.message : error);
    }
  }
  return created;
}

`, `
export class Report§N<T extends Row = Row> {
  private readonly rows: T[] = [];

  constructor(readonly team: string, readonly week: number = §R) {}

  add(...rows: T[]): this {
    this.rows.push(...rows.filter((row) => row.amount > §R));
    return this;
  }

  byOwner(): Record<string, number[]> {
    const owners: Record<string, number[]> = {};
    for (const row of this.rows) {
      const limit = §R
      if (row.amount > limit) (owners[row.owner] ??= []).push(Math.round(row.amount / limit));
    }
    return owners;
  }

  async share(address: string): Promise<string> {
    const link = await client.magicLinks.email.loginOrCreate({ email: address });
    return JSON.stringify({ team: this.team, week: this.week, user: link.user_id, rows: this.rows.length });
  }
}

`, `
export const session§N = {
  minutes: §R,
  async check(token: string): Promise<boolean> {
    const limit = §R
    const answer = await client.sessions.authenticate({ session_token: token, session_duration_minutes: this.minutes });
    return answer.status_code === 200 && this.minutes <= limit;
  },
  async renew(addresses: string[]): Promise<string[]> {
    const links = await Promise.all(addresses.map((email) => client.magicLinks.email.loginOrCreate({ email })));
    return links.map((link, index) => ` + "`${link.user_id}:${index + §R}`" + `);
  },
};

`},
}
