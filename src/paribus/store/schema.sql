-- The record of one study. One row a fact; nothing that can be computed from the rest.
create table if not exists facts (
    name text primary key,
    value text not null
) without rowid;

create table if not exists configurations (
    config_id text primary key,
    levels text not null
) without rowid;

create table if not exists trials (
    trial_id text primary key,
    stage text not null,
    config_id text not null references configurations,
    fold integer not null,
    seed integer not null
) without rowid;

create table if not exists outcomes (
    config_id text not null references configurations,
    fold integer not null,
    seed integer not null,
    status text not null,
    reason text not null,
    n_parameters integer not null,
    epochs_run integer not null,
    best_epoch integer not null,
    train_seconds real not null,
    metrics text not null,
    arrays blob not null,
    primary key (config_id, fold, seed)
);

create table if not exists truths (
    part text not null,
    fold integer not null,
    truth blob not null,
    primary key (part, fold)
) without rowid;

create table if not exists stages (
    position integer primary key,
    name text not null unique,
    kept text not null
);

create table if not exists openings (
    config_id text not null references configurations,
    fold integer not null,
    seed integer not null,
    opened_at text not null,
    reason text not null,
    metrics text not null,
    arrays blob not null,
    primary key (config_id, fold, seed)
);

create table if not exists sessions (
    started_at text primary key,
    ended_at text,
    seconds real,
    workers integer not null,
    command text not null
) without rowid;
